/** The errors that Lambda's runtime client has for a handler that cannot be had. */

/** The runtime client's major version. */
export type ClientVersion = 3 | 4;

export function handlerNotFound(message: string, version: ClientVersion): Error {
  return named('Runtime.HandlerNotFound', message, version);
}

export function malformedHandlerName(message: string, version: ClientVersion): Error {
  return named('Runtime.MalformedHandlerName', message, version);
}

/** Version 3 has the name on the error's class, and its log does not show it as a field. */
function named(name: string, message: string, version: ClientVersion): Error {
  const own = { value: name, writable: true, configurable: true, enumerable: version === 4 };
  return Object.defineProperty(new Error(message), 'name', own);
}

/** The errors of Lambda's runtime client for a handler that cannot be found. */

/** The runtime client's major version. */
export type ClientVersion = 3 | 4;

export function handlerNotFound(message: string, version: ClientVersion): Error {
  return named('Runtime.HandlerNotFound', message, version);
}

export function malformedHandlerName(message: string, version: ClientVersion): Error {
  return named('Runtime.MalformedHandlerName', message, version);
}

/** In version 3 the name belongs to the error's class, so the log does not show it as a field. */
function named(name: string, message: string, version: ClientVersion): Error {
  const own = { value: name, writable: true, configurable: true, enumerable: version === 4 };
  return Object.defineProperty(new Error(message), 'name', own);
}

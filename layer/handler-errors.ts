/** The errors that Lambda's runtime client has for a handler that cannot be had. */

export class HandlerNotFound extends Error {
  override readonly name = 'Runtime.HandlerNotFound';
}

export class MalformedHandlerName extends Error {
  override readonly name = 'Runtime.MalformedHandlerName';
}

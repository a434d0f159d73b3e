/** What a call gives, in a form that JSON can carry. */
export async function observe(call) {
  try {
    return { gives: await call() };
  } catch (error) {
    return { throws: seenOf(error) };
  }
}

/** An error as a caller can look at it: its classes, fields and stack, and what caused it. */
export function seenOf(error, depth = 0) {
  if (!(error instanceof Error)) return { value: String(error) };
  return {
    classes: classesOf(error),
    message: error.message,
    stack: functionsIn(error.stack),
    fields: Object.fromEntries(
      Object.entries(error)
        .filter(([, value]) => value === null || typeof value !== 'object')
        .filter(([, value]) => typeof value !== 'function'),
    ),
    names: Object.getOwnPropertyNames(error),
    ...(error.headers && { headers: headersOf(error.headers) }),
    ...(error.error && { body: error.error }),
    ...(error.$metadata && { metadata: withoutDelays(error.$metadata) }),
    ...(error.cause && depth < 3 && { cause: seenOf(error.cause, depth + 1) }),
  };
}

export function headersOf(headers) {
  const entries =
    typeof headers.entries === 'function' ? [...headers.entries()] : Object.entries(headers);
  return entries.filter(([name]) => name.toLowerCase() !== 'date');
}

function withoutDelays({ totalRetryDelay: _, ...metadata }) {
  return metadata;
}

function classesOf(error) {
  const names = [];
  for (let at = Object.getPrototypeOf(error); at; at = Object.getPrototypeOf(at)) {
    names.push(at.constructor.name);
  }
  return names;
}

/** Places differ between two bundles, and what calls the handler is not the client's. */
function functionsIn(stack = '') {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const own = frames.findIndex((line) => /\bhandler\b|observe/.test(line));
  return (own < 0 ? frames : frames.slice(0, own))
    .filter((line) => !line.includes('node:'))
    .map((line) => /^\s+at (.+) \(/.exec(line)?.[1] ?? '');
}

/** Keeps our functions out of the stack traces of the user's errors. */

// V8 prints a function's `name` property, which unlike the name in the source survives a minifier.
const mark = '[xpander-lambda]';

/** Marks a function that stands on the stack while the user's handler is called. */
export function ownFrame(frame: (...parameters: never[]) => unknown): void {
  Object.defineProperty(frame, 'name', { value: mark });
}

// The exported function, the three that lead to the context store, and the store itself.
const framesAdded = 5;

/**
 * Raises the limit of stack traces by our frames, so that the user's errors keep as many frames
 * as they have without us. Call what it returns as soon as the handler has returned.
 */
export function makeRoomForOwnFrames(): () => void {
  const limit = Error.stackTraceLimit;
  // Zero and less: somebody switched stacks off. A limit that is read-only stays as well.
  if (!(limit > 0) || !Reflect.set(Error, 'stackTraceLimit', limit + framesAdded)) return () => {};
  return () => {
    // Unless the handler has set a limit of its own.
    if (Error.stackTraceLimit === limit + framesAdded) Error.stackTraceLimit = limit;
  };
}

/**
 * Takes our frames out of an error's stack, so that logs and traces show what they would show
 * without us. Other stacks are not touched.
 */
export function hideOwnFrames(thrown: unknown): void {
  try {
    if (!(thrown instanceof Error) || thrown.stack === undefined) return;
    const lines = thrown.stack.split('\n');
    const isRaised = lines.filter(isFrame).length === Error.stackTraceLimit + framesAdded;
    if (!isRaised && !lines.some(isOwn)) return;
    thrown.stack = withinLimit(withoutOwnFrames(lines)).join('\n');
  } catch {
    // A frozen error, or a stack that may not be read: it stays as it is.
  }
}

function withoutOwnFrames(lines: string[]): string[] {
  for (let first = lines.findIndex(isOwn); first !== -1; first = lines.findIndex(isOwn)) {
    let exported = first;
    while (isOwn(lines[exported])) exported += 1;
    // The context store's own call stands above our frames, and above that the handler. Below
    // stands the exported function, called by the runtime as the handler would have been.
    const from = isStoreCall(lines[first - 1]) ? first - 1 : first;
    const handler = lines[from - 1];
    if (handler !== undefined && isFrame(handler)) {
      lines[from - 1] = calledAs(lines[exported] ?? '', handler);
    }
    lines.splice(from, exported + 1 - from);
  }
  return lines;
}

/** A frame with the place of one and the name of another: `at Runtime.ask [as handler] (place)`. */
function calledAs(named: string, placed: string): string {
  const name = /^\s+at (.+) \(.*\)$/.exec(named)?.[1];
  const place = /\(([^()]*)\)$/.exec(placed)?.[1] ?? /^\s+at (.*)$/.exec(placed)?.[1];
  return name === undefined ? placed : `    at ${name} (${place})`;
}

function isStoreCall(line: string | undefined): boolean {
  return /^\s+at AsyncLocalStorage\.run /.test(line ?? '');
}

/** Takes back the room that an error used for frames of its own. */
function withinLimit(lines: string[]): string[] {
  const excess = lines.filter(isFrame).length - Error.stackTraceLimit;
  return excess > 0 && lines.slice(-excess).every(isFrame) ? lines.slice(0, -excess) : lines;
}

function isOwn(line: string | undefined): boolean {
  return line?.includes(mark) === true && isFrame(line);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

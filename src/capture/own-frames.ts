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

export type PlainHandler = (...parameters: unknown[]) => unknown;

/** How the runtime calls the function that stands in the handler's place. */
export interface HandlerCall {
  readonly handler: PlainHandler;
  /** What it is called on, where it is called as a method. */
  readonly receiver: unknown;
  readonly reported: PlainHandler;
}

/**
 * Takes our frames out of an error's stack, so that logs and traces show what they would show
 * without us. Other stacks are not touched.
 */
export function hideOwnFrames(thrown: unknown, call: HandlerCall): void {
  try {
    if (!(thrown instanceof Error) || thrown.stack === undefined) return;
    const lines = thrown.stack.split('\n');
    const isRaised = lines.filter(isFrame).length === Error.stackTraceLimit + framesAdded;
    const method = methodName(call);
    const shown = lines.map((line) => calledAs(line, call, method));
    const isChanged = shown.some((line, index) => line !== lines[index]);
    if (!isRaised && !isChanged && !lines.some(isOwn)) return;
    thrown.stack = withinLimit(withoutOwnFrames(shown)).join('\n');
  } catch {
    // A frozen error, or a stack that may not be read: it stays as it is.
  }
}

function withoutOwnFrames(lines: string[]): string[] {
  for (let first = lines.findIndex(isOwn); first !== -1; first = lines.findIndex(isOwn)) {
    let exported = first;
    while (isOwn(lines[exported])) exported += 1;
    // The context store's own call stands above our frames, and below them the exported function.
    const from = isStoreCall(lines[first - 1]) ? first - 1 : first;
    lines.splice(from, exported + 1 - from);
  }
  return lines;
}

/** The name of the receiver's property that holds the function that we put there. */
function methodName({ receiver, reported }: HandlerCall): string | undefined {
  if (typeof receiver !== 'object' || receiver === null) return undefined;
  return Object.keys(receiver).find((key) => Reflect.get(receiver, key) === reported);
}

/**
 * V8 names a method by the property of its receiver in which it finds it. There it finds ours in
 * place of the handler: `Runtime.ask [as handler]` has become `Runtime.ask`.
 */
function calledAs(line: string, { handler, receiver }: HandlerCall, method?: string): string {
  const type: unknown = method && receiver?.constructor?.name;
  if (!method || typeof type !== 'string') return line;
  const name = handler.name || '<anonymous>';
  const [, at, place] = /^(\s+at (?:async )?)\S.* (\(.*\))$/.exec(line) ?? [];
  if (at === undefined || line !== `${at}${type}.${name} ${place}`) return line;
  if (handler.name === '') return `${at}${type}.${method} ${place}`;
  return name.endsWith(method) ? line : `${at}${type}.${name} [as ${method}] ${place}`;
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

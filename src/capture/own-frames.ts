/** Keeps our functions out of the stack traces of the user's errors. */
import { dirname } from 'node:path';
import { isNativeError } from 'node:util/types';

// The name in the source of the one function that stands on the stack below the user's handler. V8
// prints that where `name` is no plain property; and a name in quotes survives minifiers.
const mark = '[xpander-lambda]';

// That function.
const framesAdded = 1;
// A layer's around the one in the code.
const mostReporters = 2;
let raisedBy = 0;

/** Where there is nothing but our own code. */
let ownFolder: string | undefined;

/** @param folder - as frames name it: a layer's; a package may be bundled with the user's code */
export function hideFramesOf(folder: string): void {
  ownFolder = folder;
}

/**
 * Raises the limit of stack traces by our frames, so that the user's errors keep as many frames
 * as they have without us. Call what it returns as soon as the handler has returned.
 */
export function makeRoomForOwnFrames(): () => void {
  const limit = Error.stackTraceLimit;
  // Zero and less: somebody switched stacks off. A limit that is read-only stays as well.
  if (!(limit > 0) || !Reflect.set(Error, 'stackTraceLimit', limit + framesAdded)) return () => {};
  raisedBy += framesAdded;
  return () => {
    raisedBy -= framesAdded;
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
    let error = thrown;
    for (let depth = 0; depth < mostCauses && isError(error); depth += 1) {
      hideIn(error, call);
      error = error.cause;
    }
  } catch {
    // A frozen error, or a stack that may not be read: it stays as it is.
  }
}

// Nobody reads further, and they may go round in a circle.
const mostCauses = 5;

function hideIn(error: Error, call: HandlerCall): void {
  const { stack } = error;
  if (typeof stack !== 'string') return;
  const others = stack.split('\n').filter((line) => !isOwn(line));
  const shown = withinLimit(nameHandler(others, call)).join('\n');
  if (shown !== stack) error.stack = shown;
}

let isWatchingCrashes = false;

/** The same for errors that end the process, which Node or the runtime print. */
export function hideOwnFramesInCrashes(call: HandlerCall): void {
  if (isWatchingCrashes) return;
  isWatchingCrashes = true;
  const hide = (thrown: unknown): void => hideOwnFrames(thrown, call);
  process.on('uncaughtExceptionMonitor', hide);
  // Where Lambda's client hears rejections itself, and says them; without it a listener would keep
  // the process alive.
  if (process.listenerCount('unhandledRejection') > 0) {
    process.prependListener('unhandledRejection', hide);
  }
}

/** Errors of another realm, such as those of `vm`, are no instances of this one's class. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || isNativeError(thrown);
}

/**
 * V8 names a method by the property of its receiver in which it finds it. There it finds ours in
 * place of the handler: `Runtime.ask [as handler]` has become `Runtime.ask`.
 */
function nameHandler(lines: string[], { handler, receiver, reported }: HandlerCall): string[] {
  if (typeof receiver !== 'object' || receiver === null) return lines;
  const method = Object.keys(receiver).find((key) => Reflect.get(receiver, key) === reported);
  const type: unknown = receiver.constructor?.name;
  if (method === undefined || typeof type !== 'string') return lines;
  // The handler's frame is the last one before those of the runtime, which calls it.
  const at = lines.findLastIndex((line) => isFrame(line) && !isBelowHandler(line));
  if (!isMethodOf(lines[at] ?? '', type)) return lines;
  const [, before, name, place] =
    /^(\s+at (?:async )?[^.\s]+\.)(\S+)( \(.*\))$/.exec(lines[at] ?? '') ?? [];
  if (before === undefined || name === undefined || name.endsWith(method)) return lines;
  const isAnonymous = name === '<anonymous>';
  // One that the handler calls on its own receiver, as tracers do.
  if (isAnonymous && handler.name !== '') return lines;
  const called = isAnonymous ? method : `${name} [as ${method}]`;
  return lines.with(at, `${before}${called}${place}`);
}

function isMethodOf(line: string, type: string): boolean {
  return /^\s+at (?:async )?([^.\s]+)\./.exec(line)?.[1] === type;
}

/** Of the runtime's client, or of Node itself. */
function isBelowHandler(line: string): boolean {
  return line.includes(dirname(process.argv[1] ?? '')) || /\(?node:internal\//.test(line);
}

/** Takes back the room that an error used for frames of its own. */
function withinLimit(lines: string[]): string[] {
  const excess = lines.filter(isFrame).length - (Error.stackTraceLimit - raisedBy);
  // More of them are somebody else's doing: another limit at that time, stacks put together.
  const isOurs = excess > 0 && excess <= mostReporters * framesAdded;
  return isOurs && lines.slice(-excess).every(isFrame) ? lines.slice(0, -excess) : lines;
}

function isOwn(line: string): boolean {
  const isOurs = line.includes(mark) || (ownFolder !== undefined && line.includes(ownFolder));
  return isOurs && isFrame(line);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

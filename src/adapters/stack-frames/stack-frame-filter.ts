/** Keeps our functions out of the stack traces of the user's errors. */

import { rewriteStack } from '../../base/error-stack.ts';
import type { HandlerCall } from './handler-call.ts';
import { nameAsMethod } from './method-name.ts';
import { objectsWithin } from './objects-within.ts';
import { withPreparedStacks, wrapDefaultPrepareStackTrace } from './prepare-stack-trace.ts';

export type { HandlerCall, PlainHandler } from './handler-call.ts';

// The name in the source of every function of ours that can be on the stack together with the
// user's code. V8 shows it where `name` is no plain property, and a quoted name survives minifiers.
const mark = '[xpander-lambda]';

// One call of ours is between the runtime and the handler, or between the handler and its stream.
const framesAdded = 1;

/** A folder that contains only our code. */
let ownFolder: string | undefined;

/** @param folder - the layer's folder, as frames name it; a package may be bundled with the user's code */
export function hideFramesOf(folder: string): void {
  ownFolder = folder;
}

interface RaisedLimit {
  readonly limit: number;
  readonly frames: number;
}

const notRaised: RaisedLimit = { limit: Number.NaN, frames: 0 };
let raised = notRaised;
/** The most that the limit has ever been raised by: errors are often formatted later. */
let mostFramesAdded = framesAdded;

/**
 * Raises the limit of stack traces by our frame, so that the user's errors keep as many frames as
 * they have without us.
 *
 * @returns a function that restores the limit; call it as soon as the user's code has returned
 */
export function makeRoomForOwnFrames(): () => void {
  filterOwnFrames();
  const before = Error.stackTraceLimit;
  const limit = before + framesAdded;
  // Zero or less: stack traces are switched off. A read-only limit stays as well.
  if (!(before > 0) || !Reflect.set(Error, 'stackTraceLimit', limit)) return () => {};
  const outer = raised;
  raised = { limit, frames: framesAdded + (outer.limit === before ? outer.frames : 0) };
  mostFramesAdded = Math.max(mostFramesAdded, raised.frames);
  return () => {
    raised = outer;
    // Unless the handler has set a limit of its own.
    if (Error.stackTraceLimit === limit) Error.stackTraceLimit = before;
  };
}

/**
 * Removes our frames from the stacks of an error and of everything it holds, for stacks that
 * Node.js did not format itself: code such as source-map-support has set
 * `Error.prepareStackTrace`. In all other cases no stack has them.
 */
export function hideOwnFrames(thrown: unknown, _call?: HandlerCall): void {
  if (filterOwnFrames()) return;
  try {
    withPreparedStacks(withoutOwnSites, () => {
      for (const object of objectsWithin(thrown)) rewriteStack(object, withoutOwnLines);
    });
  } catch {
    // A `prepareStackTrace` that throws: the runtime meets the same error.
  }
}

let isWatchingCrashes = false;

/**
 * The same for errors that end the process, which Node.js or the runtime print. To be called before
 * each call of the handler: it also makes V8 name the handler's frame as it does without us.
 */
export function hideOwnFramesInCrashes(call: HandlerCall): void {
  nameAsMethod(call);
  if (filterOwnFrames() || isWatchingCrashes) return;
  isWatchingCrashes = true;
  const hide = (thrown: unknown): void => hideOwnFrames(thrown);
  process.on('uncaughtExceptionMonitor', hide);
  // Only where the runtime client listens as well: a listener keeps the process alive.
  if (process.listenerCount('unhandledRejection') > 0) {
    process.prependListener('unhandledRejection', hide);
  }
}

/** @returns whether every stack that is formatted from now on is free of our frames */
function filterOwnFrames(): boolean {
  return wrapDefaultPrepareStackTrace(mark, withoutOwnSites);
}

function withoutOwnSites(sites: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  const others = sites.filter((site) => !isOwnSite(site));
  return others.length < sites.length ? others : withinLimit(sites);
}

function isOwnSite(site: NodeJS.CallSite): boolean {
  if (site.getFunctionName() === mark) return true;
  return ownFolder !== undefined && site.getFileName()?.startsWith(ownFolder) === true;
}

function withoutOwnLines(stack: string): string {
  const lines = stack.split('\n');
  const others = lines.filter((line) => !isOwnLine(line));
  if (others.length < lines.length) return others.join('\n');
  const frames = lines.filter(isFrame);
  const excess = frames.length - withinLimit(frames).length;
  return excess > 0 && lines.slice(-excess).every(isFrame)
    ? lines.slice(0, -excess).join('\n')
    : stack;
}

/** Takes back the room of our frames where they were too deep to be captured. */
function withinLimit<T>(frames: readonly T[]): readonly T[] {
  const limit = Error.stackTraceLimit;
  const excess = frames.length - (limit === raised.limit ? limit - raised.frames : limit);
  // More of them are somebody else's: captured with another limit, or put together by hand.
  return excess > 0 && excess <= mostFramesAdded ? frames.slice(0, -excess) : frames;
}

function isOwnLine(line: string): boolean {
  const isOurs = line.includes(mark) || (ownFolder !== undefined && line.includes(ownFolder));
  return isOurs && isFrame(line);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

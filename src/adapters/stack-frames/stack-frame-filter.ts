/** Removes our functions from the stack traces of user errors. */

import { rewriteStack } from '../../base/error-stack.ts';
import type { HandlerCall } from './handler-call.ts';
import { nameAsMethod } from './method-name.ts';
import { withPreparedStacks, wrapDefaultPrepareStackTrace } from './prepare-stack-trace.ts';
import { reachableObjects } from './reachable-objects.ts';

export type { HandlerCall, PlainHandler } from './handler-call.ts';

// Every function of ours that can be on the stack together with user code has this name in its
// source. V8 shows it if `name` is an accessor, and minifiers keep a quoted name.
const mark = '[xpander-lambda]';

// One frame between the runtime and the handler, or between the handler and its stream.
const framesAdded = 1;

let ownFolder: string | undefined;

/**
 * Also removes all frames of a folder that contains only our code.
 *
 * @param folder - the layer's folder as stack frames show it
 */
export function filterFramesOfFolder(folder: string): void {
  ownFolder = folder;
}

interface RaisedLimit {
  readonly limit: number;
  readonly frames: number;
}

const notRaised: RaisedLimit = { limit: Number.NaN, frames: 0 };
let raised = notRaised;
/** The largest raise so far: errors may be formatted after the limit is restored. */
let maxFramesAdded = framesAdded;

/**
 * Raises `Error.stackTraceLimit` by our frame, so that user errors keep as many frames as without
 * the wrapper.
 *
 * @returns a function that restores the limit; call it as soon as user code returns
 */
export function raiseStackTraceLimit(): () => void {
  installStackFilter();
  const before = Error.stackTraceLimit;
  const limit = before + framesAdded;
  // At zero or below, stack traces are off. The limit may also be read-only.
  if (!(before > 0) || !Reflect.set(Error, 'stackTraceLimit', limit)) return () => {};
  const outer = raised;
  raised = { limit, frames: framesAdded + (outer.limit === before ? outer.frames : 0) };
  maxFramesAdded = Math.max(maxFramesAdded, raised.frames);
  return () => {
    raised = outer;
    // The handler may have set another limit.
    if (Error.stackTraceLimit === limit) Error.stackTraceLimit = before;
  };
}

/**
 * Removes our frames from the stack of an error and of all objects it refers to. Only needed if
 * other code, such as source-map-support, has set `Error.prepareStackTrace`; otherwise our frames
 * are removed while Node.js formats the stack.
 */
export function filterStacks(thrown: unknown, _call?: HandlerCall): void {
  if (installStackFilter()) return;
  try {
    withPreparedStacks(withoutOwnSites, () => {
      for (const object of reachableObjects(thrown)) rewriteStack(object, withoutOwnLines);
    });
  } catch {
    // `prepareStackTrace` throws; the runtime gets the same error.
  }
}

let isFilteringCrashes = false;

/**
 * Removes our frames from errors that end the process and are printed by Node.js or the runtime.
 * Call it before each call of the handler: it also makes V8 name the handler's frame as without the
 * wrapper.
 */
export function filterCrashStacks(call: HandlerCall): void {
  nameAsMethod(call);
  if (installStackFilter() || isFilteringCrashes) return;
  isFilteringCrashes = true;
  const filter = (thrown: unknown): void => filterStacks(thrown);
  process.on('uncaughtExceptionMonitor', filter);
  // Without the runtime client's listener, ours would keep the process alive.
  if (process.listenerCount('unhandledRejection') > 0) {
    process.prependListener('unhandledRejection', filter);
  }
}

/** @returns whether our frames are removed from all stacks that are formatted from now on */
function installStackFilter(): boolean {
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

/** Cuts the frames that were captured only because the limit was raised. */
function withinLimit<T>(frames: readonly T[]): readonly T[] {
  const limit = Error.stackTraceLimit;
  const excess = frames.length - (limit === raised.limit ? limit - raised.frames : limit);
  // A larger excess has another cause: a different limit, or a stack that was put together by hand.
  return excess > 0 && excess <= maxFramesAdded ? frames.slice(0, -excess) : frames;
}

function isOwnLine(line: string): boolean {
  const isOurs = line.includes(mark) || (ownFolder !== undefined && line.includes(ownFolder));
  return isOurs && isFrame(line);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

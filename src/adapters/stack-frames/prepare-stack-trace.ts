/** Changes the call sites that stack traces are formatted from. */

type Change = (sites: readonly NodeJS.CallSite[]) => readonly NodeJS.CallSite[];
type Prepare = (error: unknown, sites: NodeJS.CallSite[]) => unknown;

/** What Node.js calls its own function, which also applies source maps. */
const defaultName = 'ErrorPrepareStackTrace';

let wrapped: unknown;

/**
 * Wraps the function that Node.js formats stacks with, unless somebody has replaced it.
 *
 * @param mark - a name by which copies of this module know each other's wrapper
 * @returns whether stacks are formatted with the change
 */
export function wrapDefaultPrepareStackTrace(mark: string, change: Change): boolean {
  const property = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const original: unknown = property?.value;
  if (original === wrapped && original !== undefined) return true;
  if (!isPrepare(original) || nameOf(original) !== defaultName) return false;
  if (Function.prototype.toString.call(original).includes(mark)) return true;
  const wrapper = withChange(original, change);
  Object.defineProperty(wrapper, 'name', { value: defaultName });
  if (!Reflect.defineProperty(Error, 'prepareStackTrace', { ...property, value: wrapper })) {
    return false;
  }
  wrapped = wrapper;
  return true;
}

/** Formats stacks with the change while the work is done, whoever has set the function. */
export function withPreparedStacks(change: Change, work: () => void): void {
  const property = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const original: unknown = property?.value;
  if (!isPrepare(original)) {
    work();
    return;
  }
  const wrapper = withChange(original, change);
  const isSet = Reflect.defineProperty(Error, 'prepareStackTrace', { ...property, value: wrapper });
  try {
    work();
  } finally {
    if (isSet) Reflect.defineProperty(Error, 'prepareStackTrace', { ...property });
  }
}

function withChange(original: Prepare, change: Change): Prepare {
  const { '[xpander-lambda]': prepare } = {
    '[xpander-lambda]'(this: unknown, error: unknown, sites: NodeJS.CallSite[]): unknown {
      // Called by hand it may be given anything.
      const shown = Array.isArray(sites) && sites.every(isCallSite) ? change(sites) : sites;
      return Reflect.apply(original, this, [error, shown]);
    },
  };
  return prepare;
}

function isCallSite(site: unknown): boolean {
  return typeof site === 'object' && site !== null && 'getFunctionName' in site;
}

function isPrepare(value: unknown): value is Prepare {
  return typeof value === 'function';
}

function nameOf(prepare: Prepare): unknown {
  return Object.getOwnPropertyDescriptor(prepare, 'name')?.value;
}

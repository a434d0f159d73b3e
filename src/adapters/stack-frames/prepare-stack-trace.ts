/** Filters the call sites that `Error.prepareStackTrace` formats. */

type Change = (sites: readonly NodeJS.CallSite[]) => readonly NodeJS.CallSite[];
type Prepare = (error: unknown, sites: NodeJS.CallSite[]) => unknown;

/** Name of Node.js's own `Error.prepareStackTrace`, which also applies source maps. */
const defaultName = 'ErrorPrepareStackTrace';

let wrapped: unknown;

/**
 * Wraps the `Error.prepareStackTrace` of Node.js, unless other code has replaced it.
 *
 * @param mark - text in the wrapper's source by which other copies of this module recognise it
 * @returns whether stacks are filtered from now on
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

/** Filters stacks while `work` runs, with any `Error.prepareStackTrace`. */
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
      // User code may call the function with any arguments.
      const filtered = Array.isArray(sites) && sites.every(isCallSite) ? change(sites) : sites;
      return Reflect.apply(original, this, [error, filtered]);
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

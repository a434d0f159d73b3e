import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  filterCrashStacks,
  filterStacks,
  raiseStackTraceLimit,
} from '../../../src/adapters/stack-frames/stack-frame-filter.ts';

type Prepare = typeof Error.prepareStackTrace;

const { prepareStackTrace } = Error;
afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
});

/** Calls the work from a function with the name of our frames. */
const { '[xpander-lambda]': reported } = Object.defineProperty(
  {
    '[xpander-lambda]'<T>(work: () => T): T {
      const restore = raiseStackTraceLimit();
      try {
        return work();
      } finally {
        restore();
      }
    },
  },
  Symbol('kept as an object'),
  {},
);
Object.defineProperty(reported, 'name', { get: () => 'handler' });

const make = (message = 'no tokens left'): Error => new Error(message);

function deep(levels: number): Error {
  return levels === 0 ? make() : deep(levels - 1);
}

function framesOf(stack: unknown): string[] {
  return String(stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
}

describe('if Node.js formats the stack', () => {
  beforeEach(() => {
    // Like Node.js, because the test runner sets its own function.
    Error.prepareStackTrace = Object.defineProperty(
      (error: Error, sites: NodeJS.CallSite[]) =>
        [String(error), ...sites.map((site) => `    at ${site}`)].join('\n'),
      'name',
      { value: 'ErrorPrepareStackTrace' },
    );
  });

  test('a stack contains none of our frames, inside and outside the handler', () => {
    let readAtOnce: unknown;
    const error = reported(() => {
      readAtOnce = make().stack;
      return make();
    });

    expect(readAtOnce).not.toContain('[xpander-lambda]');
    expect(error.stack).not.toContain('[xpander-lambda]');
    expect(framesOf(error.stack)[0]).toContain('make');
  });

  test('a deep stack has as many frames as without the wrapper', () => {
    const error = reported(() => deep(50));
    let readAtOnce: unknown;
    reported(() => {
      readAtOnce = deep(50).stack;
    });

    expect(framesOf(error.stack)).toHaveLength(Error.stackTraceLimit);
    expect(framesOf(readAtOnce)).toHaveLength(Error.stackTraceLimit);
  });

  test('a limit that the handler sets is kept', () => {
    const before = Error.stackTraceLimit;
    let frames: string[] = [];
    reported(() => {
      Error.stackTraceLimit = 20;
      frames = framesOf(deep(50).stack);
    });

    expect(frames).toHaveLength(20);
    expect(Error.stackTraceLimit).toBe(20);
    Error.stackTraceLimit = before;
  });

  test('a second call adds no second filter', () => {
    reported(make);
    const { prepareStackTrace: first } = Error;
    reported(make);

    expect(Error.prepareStackTrace).toBe(first);
    expect(first?.name).toBe('ErrorPrepareStackTrace');
    expect(first?.length).toBe(2);
  });

  test('the stack of an error is not read when it leaves the handler', () => {
    let calls = 0;
    const { prepareStackTrace: original } = Error;
    Error.prepareStackTrace = Object.defineProperty(
      ((error, sites) => {
        calls += 1;
        return original?.(error, sites);
      }) satisfies Prepare,
      'name',
      { value: 'ErrorPrepareStackTrace' },
    );

    filterStacks(reported(make));

    expect(calls).toBe(0);
  });
});

describe('if other code sets Error.prepareStackTrace', () => {
  let seen: number[];
  beforeEach(() => {
    seen = [];
    Error.prepareStackTrace = (error, sites) => {
      seen.push(sites.length);
      return [String(error), ...sites.map((site) => `    at ${site}`)].join('\n');
    };
  });

  function hidden<T extends object>(work: () => T): T {
    const thrown = reported(work);
    filterStacks(thrown);
    return thrown;
  }

  test('it is called once with the call sites except ours, and stays in place', () => {
    const { prepareStackTrace: own } = Error;
    const bare = make();
    const bareFrames = framesOf(bare.stack).length;
    const error = hidden(make);

    expect(error.stack).not.toContain('[xpander-lambda]');
    expect(seen).toHaveLength(2);
    expect(Error.prepareStackTrace).toBe(own);
    expect(framesOf(error.stack).length).toBeGreaterThanOrEqual(bareFrames);
  });

  test('our frame is removed from the text of a stack that was read before', () => {
    const error = hidden(() => {
      const read = make();
      void read.stack;
      return read;
    });

    expect(error.stack).not.toContain('[xpander-lambda]');
  });

  test.each<[string, () => object, (thrown: never) => readonly Error[]]>([
    ['causes', () => new Error('outer', { cause: make() }), ({ cause }) => [cause]],
    ['an aggregate', () => new AggregateError([make(), make()]), ({ errors }) => errors],
    [
      'fields and lists within fields',
      () => Object.assign(make(), { details: { list: [[{ inner: make() }]] } }),
      ({ details }: { details: { list: [[{ inner: Error }]] } }) => [details.list[0][0].inner],
    ],
    [
      'a cycle',
      () => {
        const error = Object.assign(make(), { inner: make() });
        return Object.assign(error, { cause: error, self: { error } });
      },
      ({ inner }) => [inner],
    ],
    ['an object that is no error', () => ({ inner: make() }), ({ inner }) => [inner]],
    [
      'an object with a captured stack',
      () => {
        const captured = {};
        Error.captureStackTrace(captured);
        return { captured };
      },
      ({ captured }) => [captured],
    ],
  ])('our frames are removed from %s', (_, work, inside) => {
    const thrown = hidden(work);

    for (const error of inside(thrown as never)) {
      expect(framesOf(error.stack).length).toBeGreaterThan(0);
      expect(error.stack).not.toContain('[xpander-lambda]');
    }
  });

  test('our frames are removed from an error of another realm', () => {
    const error = runInNewContext('new Error("foreign")') as Error;
    error.stack = 'Error: foreign\n    at Runtime.[xpander-lambda] (a.js:1:1)\n    at b (b.js:1:1)';

    filterStacks(error);

    expect(error.stack).toBe('Error: foreign\n    at b (b.js:1:1)');
  });

  test('accessors of user code and proxies are not read', () => {
    let reads = 0;
    const count = (): string => {
      reads += 1;
      return '    at [xpander-lambda] (a.js:1:1)';
    };
    const traps = new Proxy({}, { get: () => count });
    filterStacks(
      Object.defineProperties(make(), {
        stack: { get: count, configurable: true, enumerable: true },
        cause: { get: count, enumerable: true },
        bound: { get: count.bind(undefined), enumerable: true },
        inner: {
          value: {
            get stack() {
              return count();
            },
          },
          enumerable: true,
        },
        boundStack: {
          value: Object.defineProperty({}, 'stack', { get: count.bind(undefined) }),
          enumerable: true,
        },
        proxy: { value: new Proxy(make(), traps), enumerable: true },
        inherits: { value: Object.create(new Proxy({}, traps)), enumerable: true },
      }),
    );
    filterStacks(new Proxy(make(), traps));

    expect(reads).toBe(0);
  });

  test('unusual stacks and thrown primitives are left unchanged', () => {
    const text = 'Error: fixed\n    at [xpander-lambda] (a.js:1:1)';
    const fixed = Object.freeze({ stack: text });
    const odd = Object.assign(make(), { stack: 42 });

    for (const thrown of [fixed, odd, null, undefined, 'a text', Symbol('s')]) filterStacks(thrown);

    expect(fixed.stack).toBe(text);
    expect(odd.stack).toBe(42);
  });

  test('a large error is searched in bounded time', () => {
    const list = Array.from({ length: 100_000 }, () => ({ bytes: new Uint8Array(1_000) }));
    const error = Object.assign(make(), { list, buffer: Buffer.alloc(10_000_000) });
    const start = process.threadCpuUsage();

    filterStacks(error);

    const { user, system } = process.threadCpuUsage(start);
    expect(user + system, 'CPU time in microseconds').toBeLessThan(500_000);
  });

  test('a prepareStackTrace that throws does not make the filter throw', () => {
    const error = reported(make);
    Error.prepareStackTrace = () => {
      throw new TypeError('cannot prepare');
    };

    expect(() => filterStacks(error)).not.toThrow();
  });
});

test('V8 names the handler as a method of the runtime class', async () => {
  class Runtime {
    handler: (...parameters: unknown[]) => unknown;
    constructor(handler: (...parameters: unknown[]) => unknown) {
      this.handler = handler;
    }
    run(): unknown {
      return this.handler();
    }
  }
  const ask = function ask(): string | undefined {
    return new Error('named').stack;
  };
  const bare = new Runtime(ask).run();
  const replaced = function replaced(this: unknown): unknown {
    filterCrashStacks({ handler: ask, receiver: this, wrapper: replaced });
    return Reflect.apply(ask, this, []);
  };

  const stack = new Runtime(replaced).run();

  expect(framesOf(bare)[0]).toContain('Runtime.ask [as handler]');
  expect(framesOf(stack)[0]).toContain('Runtime.ask [as handler]');
});

test.each([
  ['a proxy', new Proxy({}, { getPrototypeOf: () => expect.unreachable() })],
  ['an object of another class', new (class Agent {})()],
  ['nothing', undefined],
])('a receiver that is not of the runtime is not changed: %s', (_, receiver) => {
  const handler = (): number => 1;

  filterCrashStacks({ handler, receiver, wrapper: handler });

  expect(receiver && Reflect.has(receiver, 'handler')).toBeFalsy();
});

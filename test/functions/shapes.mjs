// Everything a buffered handler can do, chosen by the event, bare and with a reporter.
import { setTimeout as sleep } from 'node:timers/promises';
import middy from 'middy7';
import { currentTask, taskReporter, withTaskReporter } from 'xpander-lambda';

class QuotaError extends Error {
  name = 'QuotaError';
}

const shapes = {
  text: async () => 'plain text',
  object: async (event) => ({ echoed: event }),
  undefined: async () => undefined,
  null: async () => null,
  synchronous: () => ({ now: true }),
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
  thenable: () => ({ then: (resolve) => resolve('from a thenable') }),
  http: async () => ({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' }),
  serverError: async () => ({ statusCode: 502, body: 'upstream' }),
  batch: async () => ({ batchItemFailures: [{ itemIdentifier: 'm-2' }] }),
  large: async () => 'word '.repeat(600_000),
  unicode: async () => '{"emoji":"🦊","lone":"\ud83d"}',
  rejects: async () => {
    await sleep(1);
    throw new QuotaError('no tokens left');
  },
  throws: () => {
    throw new RangeError('at once');
  },
  throwsDeeply: () => deep(20),
  throwsNull: async () => {
    throw null;
  },
  throwsText: async () => {
    throw 'just a text';
  },
  throwsObject: async () => {
    throw { code: 42 };
  },
  cycle: async () => {
    const cycle = {};
    cycle.self = cycle;
    return cycle;
  },
  bigint: async () => ({ count: 10n }),
  logs: async (_, context) => {
    console.log('a line of the handler', context.functionName);
    return 'logged';
  },
  exits: async () => {
    await sleep(1);
    process.exit(3);
  },
  neverSettles: () => new Promise(() => {}),
};

function deep(levels) {
  if (levels === 0) throw new QuotaError('deep down');
  return deep(levels - 1);
}

function choose(event, context) {
  return shapes[event.shape](event, context);
}

export const bare = choose;
export const wrapped = withTaskReporter(choose);
export const middyBare = middy(choose).use({
  before: () => {},
  after: () => {},
  onError: () => {},
});
export const middyReported = middy(choose).use(taskReporter());

export const threeParameters = withTaskReporter(async (_event, _context, _callback) => 'unused');

export const agent = withTaskReporter(async (event) => {
  currentTask().addTokens({ promptTokens: 12, completionTokens: 3 });
  currentTask().addTool('web_search');
  await sleep(1);
  return `answer to ${event.question}`;
});

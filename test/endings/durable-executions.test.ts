/** Durable executions: an invocation that suspends one is over, whatever its promises do. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { heldLimitMs } from '../layer/held-beyond-bare.ts';
import { deployFamily } from './deploy-family.ts';
import { type DurableExecution, startDurableService } from './durable-service.ts';
import type { Attachment } from './family.ts';
import { type Invoked, startEnvironment } from './observed-environment.ts';

const ask = `export const ask = async (input, context) => {
  await context.wait('pause', { seconds: 60 });
  if (input.fails) throw new RangeError('no answer');
  return 'answer to ' + input.question;
};
`;

/** What makes a durable handler of the user's. */
const makers: Readonly<Record<string, string>> = {
  "AWS's SDK": `export { withDurableExecution as durable } from '@aws/durable-execution-sdk-js';
${ask}`,
  // Where the handler waits, its promise never settles, and the invocation ends without it.
  'a handler that races': `const suspendedOnce = new Set();
export const durable = (handler) => async (event, lambdaContext) => {
  const { Operations } = event.InitialExecutionState;
  const suspended = Promise.withResolvers();
  const wait = () => {
    if (suspendedOnce.has(event.DurableExecutionArn)) return Promise.resolve();
    suspendedOnce.add(event.DurableExecutionArn);
    suspended.resolve({ Status: 'PENDING' });
    return new Promise(() => {});
  };
  const executionContext = { durableExecutionArn: event.DurableExecutionArn };
  const input = JSON.parse(Operations[0].ExecutionDetails.InputPayload);
  const ended = handler(input, { lambdaContext, executionContext, wait }).then(
    (value) => ({ Status: 'SUCCEEDED', Result: JSON.stringify(value) }),
    ({ name, message }) => ({ Status: 'FAILED', Error: { ErrorType: name, ErrorMessage: message } }),
  );
  return Promise.race([ended, suspended.promise]);
};
${ask}`,
};

const modules: Readonly<Record<string, string>> = {
  'bare.mjs': `import { ask, durable } from './durable.mjs';
export const handler = durable(ask);
`,
  'outside.mjs': `import { withTaskReporter } from 'xpander-lambda';
import { ask, durable } from './durable.mjs';
export const handler = withTaskReporter(durable(ask));
`,
  'inside.mjs': `import { withTaskReporter } from 'xpander-lambda';
import { ask, durable } from './durable.mjs';
export const handler = durable(withTaskReporter(ask));
`,
  'both.mjs': `import { withTaskReporter } from 'xpander-lambda';
import { ask, durable } from './durable.mjs';
export const handler = withTaskReporter(durable(withTaskReporter(ask)));
`,
};

const attachments: readonly Attachment[] = [
  { name: 'the wrapper outside', bare: 'bare', reported: 'outside' },
  { name: 'the wrapper inside', bare: 'bare', reported: 'inside' },
  { name: 'the wrapper outside and inside', bare: 'bare', reported: 'both' },
  { name: 'the layer', bare: 'bare', reported: 'bare', isLayer: true },
  { name: 'the layer and the wrapper inside', bare: 'bare', reported: 'inside', isLayer: true },
];

/** The same execution for a bare function and for one that is reported. */
type Pair = readonly [bare: DurableExecution, reported: DurableExecution];

const cells = Object.keys(makers).flatMap((maker) =>
  attachments.map((attachment) => ({ maker, attachment })),
);

describe.each([false, true])('sentinel: %s', (hasSentinel) => {
  describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
    test.each(cells)('$maker, with $attachment.name', async ({ maker, attachment }) => {
      const { taskRoot, [Symbol.asyncDispose]: remove } = await deployFamily({
        files: { ...modules, 'durable.mjs': makers[maker] ?? '' },
      });
      onTestFinished(remove);
      await using service = await startDurableService();
      const { environment } = service;
      const options = { taskRoot, runtime, attachment, environment };
      await using bare = await startEnvironment({ ...options, isReported: false });
      await using reported = await startEnvironment({ ...options, hasSentinel, isReported: true });
      const runNext = async ([once, again]: Pair): Promise<readonly [Invoked, Invoked]> => [
        await bare.invoke(once.nextEvent()),
        await reported.invoke(again.nextEvent()),
      ];
      const start = (input: object): Pair => [service.start(input), service.start(input)];
      const [succeeds, fails] = [start({ question: 'why?' }), start({ fails: true })];

      const suspended = await runNext(succeeds);
      const afterSuspended = reported.platform.tasks().map(({ status }) => status);
      const succeeded = await runNext(succeeds);
      const afterSucceeded = reported.platform.tasks().map(({ status }) => status);
      const suspendedAgain = await runNext(fails);
      const failed = await runNext(fails);
      await reported.lambda.shutdown();

      for (const [without, after] of [suspended, succeeded, suspendedAgain, failed]) {
        expect(after.caller).toEqual(without.caller);
        expect(after.heldMs - without.heldMs, 'held beyond bare').toBeLessThanOrEqual(heldLimitMs);
      }
      expect(suspended[0].result).toMatchObject({ body: '{"Status":"PENDING"}' });
      expect(afterSuspended).toEqual([]);
      expect(afterSucceeded).toEqual(['completed']);
      const tasks = reported.platform.tasks();
      expect(tasks.map(({ status }) => status).toSorted()).toEqual(['completed', 'failed']);
      expect(tasks.map(({ result }) => result)).toEqual(
        expect.arrayContaining(['answer to why?', expect.stringMatching(/^RangeError: no answer/)]),
      );
    });
  });
});

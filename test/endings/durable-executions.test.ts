/** Durable executions: an invocation that suspends one is over, whatever its promises do. */
import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { heldLimitMs } from '../layer/held-beyond-bare.ts';
import { deployFamily } from './deploy-family.ts';
import type { Attachment } from './family.ts';
import { type Invoked, startEnvironment } from './observed-environment.ts';

/**
 * As the SDK does it: the handler of the user gets the input and a context; where it waits, its
 * promise never settles, and the invocation ends without it.
 */
const files: Readonly<Record<string, string>> = {
  'durable.mjs': `export const durable = (handler) => async (event, context) => {
  const { Operations } = event.InitialExecutionState;
  const suspended = Promise.withResolvers();
  const durableContext = {
    lambdaContext: context,
    executionContext: { durableExecutionArn: event.DurableExecutionArn },
    wait: () => {
      if (Operations.length > 1) return Promise.resolve();
      suspended.resolve({ Status: 'PENDING' });
      return new Promise(() => {});
    },
  };
  const input = JSON.parse(Operations[0].ExecutionDetails.InputPayload);
  const ended = handler(input, durableContext).then(
    (value) => ({ Status: 'SUCCEEDED', Result: JSON.stringify(value) }),
    (error) => ({ Status: 'FAILED', Error: { ErrorType: error.name, ErrorMessage: error.message } }),
  );
  return Promise.race([ended, suspended.promise]);
};
export const ask = async (input, context) => {
  await context.wait();
  if (input.fails) throw new RangeError('no answer');
  return 'answer to ' + input.question;
};
`,
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

describe.each([false, true])('sentinel: %s', (hasSentinel) => {
  describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
    test.each(attachments)('$name', async (attachment) => {
      const { taskRoot, [Symbol.asyncDispose]: remove } = await deployFamily({ files });
      onTestFinished(remove);
      const options = { taskRoot, runtime, attachment };
      await using bare = await startEnvironment({ ...options, isReported: false });
      await using reported = await startEnvironment({ ...options, hasSentinel, isReported: true });
      const both = async (event: object): Promise<[Invoked, Invoked]> => [
        await bare.invoke(event),
        await reported.invoke(event),
      ];
      const succeeds = execution({ question: 'why?' });
      const fails = execution({ fails: true });

      const suspended = await both(succeeds.first);
      const afterSuspended = reported.platform.tasks().map(({ status }) => status);
      const succeeded = await both(succeeds.second);
      const afterSucceeded = reported.platform.tasks().map(({ status }) => status);
      const suspendedAgain = await both(fails.first);
      const failed = await both(fails.second);
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

/** Two invocations of one execution, before and after it waits. */
function execution(input: object): { readonly first: object; readonly second: object } {
  const started = {
    Id: 'execution',
    Type: 'EXECUTION',
    Status: 'STARTED',
    ExecutionDetails: { InputPayload: JSON.stringify(input) },
  };
  const waited = { Id: 'wait', Type: 'WAIT', Status: 'SUCCEEDED' };
  const arn = `arn:aws:lambda:us-east-1:123456789012:function:sample-agent:1/durable-execution/${randomUUID()}/${randomUUID()}`;
  const event = (Operations: readonly object[]): object => ({
    DurableExecutionArn: arn,
    CheckpointToken: randomUUID(),
    InitialExecutionState: { Operations },
  });
  return { first: event([started]), second: event([started, waited]) };
}

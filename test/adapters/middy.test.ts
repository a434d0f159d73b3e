/** Ways in which a Middy stack ends that a middleware does not see through its hooks alone. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import middy6 from 'middy6';
import middy7 from 'middy7';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { currentTask, type TaskReporterOptions, taskReporter } from '../../src/index.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { reportsOf } from '../support/reports-of.ts';

// What these tests use of both major versions.
interface Stack {
  (event: unknown, context: unknown): Promise<unknown>;
  use(middleware: object): Stack;
}
type Middy = (handler: (event: unknown) => unknown, plugin?: object) => Stack;

let platform: LocalPlatform;
beforeAll(async () => {
  platform = await startLocalPlatform();
});
afterAll(() => platform.close());

const options = (): TaskReporterOptions => ({
  agentId: 'agent-123',
  apiKey: 'key-of-the-test',
  baseUrl: platform.url,
});

describe.each([
  { version: 6, middy: middy6 as unknown as Middy },
  { version: 7, middy: middy7 as unknown as Middy },
])('Middy $version', ({ middy }) => {
  test('an early response of another before hook is reported', async () => {
    const context = lambdaContext();
    const stack = middy(() => 'from the handler')
      .use(taskReporter(options()))
      .use({ before: () => ({ statusCode: 200, body: 'cached' }) });

    const answer = await stack({ question: 'why?' }, context);

    expect(answer).toEqual({ statusCode: 200, body: 'cached' });
    await expectReports(context, [
      {
        is_success: true,
        input: '{"question":"why?"}',
        result: '{"statusCode":200,"body":"cached"}',
      },
    ]);
  });

  test('an early response of another after hook is reported', async () => {
    const context = lambdaContext();
    const stack = middy(() => 'from the handler')
      .use(taskReporter(options()))
      .use({ after: () => 'replaced' });

    expect(await stack({}, context)).toBe('replaced');
    await expectReports(context, [{ is_success: true, result: 'replaced' }]);
  });

  test('the response that onError creates from an error decides whether the task succeeds', async () => {
    const [refused, broken] = [lambdaContext(), lambdaContext()];
    const answering = (statusCode: number) =>
      middy(() => {
        throw new TypeError('bad input');
      })
        .use(taskReporter(options()))
        .use({
          onError: (request: { response: unknown }) => {
            request.response = { statusCode, body: 'sorry' };
          },
        });

    expect(await answering(422)({}, refused)).toEqual({ statusCode: 422, body: 'sorry' });
    expect(await answering(500)({}, broken)).toEqual({ statusCode: 500, body: 'sorry' });
    await expectReports(refused, [
      { is_success: true, result: '{"statusCode":422,"body":"sorry"}' },
    ]);
    await expectReports(broken, [
      { is_success: false, result: expect.stringMatching(/^TypeError: bad input/) },
    ]);
  });

  test('an early response of another onError hook is reported as a failure', async () => {
    const context = lambdaContext();
    const stack = middy(() => {
      throw new TypeError('bad input');
    })
      .use(taskReporter(options()))
      .use({ onError: () => ({ statusCode: 500, body: 'sorry' }) });

    expect(await stack({}, context)).toEqual({ statusCode: 500, body: 'sorry' });
    await expectReports(context, [
      { is_success: false, result: expect.stringMatching(/^TypeError: bad input/) },
    ]);
  });

  test('an after hook that throws fails the task', async () => {
    const context = lambdaContext();
    const stack = middy(() => 'fine so far')
      .use(taskReporter(options()))
      .use({
        after: () => {
          throw new Error('could not serialise');
        },
      });

    await expect(stack({}, context)).rejects.toThrow('could not serialise');
    await expectReports(context, [
      { is_success: false, result: expect.stringMatching(/^Error: could not serialise/) },
    ]);
  });

  test('registered last, it corrects the report if a later hook throws', async () => {
    const context = lambdaContext();
    const stack = middy(() => 'fine so far')
      .use({
        after: () => {
          throw new Error('could not serialise');
        },
      })
      .use(taskReporter(options()));

    await expect(stack({}, context)).rejects.toThrow('could not serialise');
    await expectReports(context, [
      { is_success: true, result: 'fine so far' },
      { is_success: false, result: expect.stringMatching(/^Error: could not serialise/) },
    ]);
  });

  test('registered last, it corrects the report if a later hook handles the error', async () => {
    const context = lambdaContext();
    const stack = middy(() => {
      throw new Error('not allowed');
    })
      .use({
        onError: (request: { response: unknown }) => {
          request.response = { statusCode: 403 };
        },
      })
      .use(taskReporter(options()));

    expect(await stack({}, context)).toEqual({ statusCode: 403 });
    await expectReports(context, [
      { is_success: false, result: expect.stringMatching(/^Error: not allowed/) },
      { is_success: true, result: '{"statusCode":403}' },
    ]);
  });

  test('registered after an asynchronous hook, currentTask() finds the task', async () => {
    const context = lambdaContext();
    const stack = middy(async () => {
      await sleep(1);
      currentTask().addTool('web_search');
    })
      .use({ before: async () => void (await sleep(1)) })
      .use(taskReporter(options()));

    await stack({}, context);

    await expectReports(context, [{ used_tools: ['web_search'] }]);
  });

  test('a thrown null is reported as a failure', async () => {
    const context = lambdaContext();
    const stack = middy(() => Promise.reject(null)).use(taskReporter(options()));

    await expect(stack({}, context)).rejects.toBeNull();
    await expectReports(context, [{ is_success: false, result: 'null' }]);
  });

  test('a thrown undefined is reported as a failure', async () => {
    const context = lambdaContext();
    const stack = middy(() => Promise.reject(undefined)).use(taskReporter(options()));

    await expect(stack({}, context)).rejects.toBeUndefined();
    await expectReports(context, [{ is_success: false, result: 'undefined' }]);
  });

  test('an early timeout of Middy without time to report is logged as undelivered', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const context = lambdaContext({ remainingMs: 150 });
    const stack = middy(() => sleep(10_000, undefined, { ref: false }), {
      timeoutEarlyInMillis: 20,
    }).use(taskReporter(options()));

    await expect(stack({}, context)).rejects.toThrow('The operation was aborted');

    // Logged while the caller gets the response.
    await vi.waitFor(() =>
      expect(String(error.mock.lastCall?.[0])).toMatch(
        /^\[xpander-lambda\] undelivered report \{"reason":"ConnectionError: The invocation had no time left/,
      ),
    );
    expect(reportsOf(platform, context)).toEqual([]);
  });

  test('an early timeout of Middy with time to report is reported', async () => {
    const context = lambdaContext({ remainingMs: 3_000 });
    const stack = middy(() => sleep(10_000, undefined, { ref: false }), {
      timeoutEarlyInMillis: 2_900,
    }).use(taskReporter(options()));

    await expect(stack({}, context)).rejects.toThrow('The operation was aborted');

    await expectReports(context, [
      { is_success: false, result: expect.stringMatching(/^TimeoutError: /) },
    ]);
  });

  test('a response that is not a plain object is not changed', async () => {
    const convert = async (request: { response: unknown }): Promise<void> => {
      const response = request.response as Response;
      request.response = { statusCode: response.status, body: await response.text() };
    };
    const run = (...middlewares: object[]): Promise<unknown> => {
      const stack = middy(() => new Response('hello', { status: 201 }));
      for (const middleware of middlewares) stack.use(middleware);
      return stack({}, lambdaContext());
    };

    const answer = await run({ after: convert }, taskReporter(options()));

    expect(answer).toEqual({ statusCode: 201, body: 'hello' });
  });

  test('a body that nobody reads is reported and stays unread', async () => {
    const context = lambdaContext();
    const body = Readable.from(['unread']);
    const stack = middy(() => ({ statusCode: 200, body }))
      .use({
        after: (request: { response: unknown }) => {
          request.response = { statusCode: 204 };
        },
      })
      .use(taskReporter(options()));

    expect(await stack({}, context)).toEqual({ statusCode: 204 });
    await expectReports(context, [{ is_success: true, result: '' }]);
    expect(body.readableDidRead).toBe(false);
  });

  test.each([
    ['a stream of objects that JSON cannot hold', () => Readable.from([{ n: 1n }])],
    ['a locked stream', () => locked()],
    ['a body that throws', () => throwing()],
  ])('%s reaches Middy unchanged', async (_, answer) => {
    const bare = await middy(answer)({}, lambdaContext()).catch(String);
    const reported = await middy(answer).use(taskReporter(options()))({}, lambdaContext());

    expect(Object.keys(Object(reported)).includes('body')).toBe(
      Object.keys(Object(bare)).includes('body'),
    );
    expect(reported?.constructor).not.toBe(Error);
  });

  test('other hooks see the request unchanged', async () => {
    const seen: unknown[] = [];
    const look = (request: object): void => {
      seen.push(Object.keys(request), structuredClone({ ...request, context: null, internal: {} }));
    };
    const run = (...middlewares: object[]): Promise<unknown> => {
      const stack = middy(() => ({ ok: true }));
      for (const middleware of middlewares) stack.use(middleware);
      return stack({ a: 1 }, lambdaContext());
    };

    await run({ before: look, after: look });
    const without = seen.splice(0);
    await run(taskReporter(options()), { before: look, after: look });

    expect(seen).toEqual(without);
  });
});

test('a middleware without agent id logs one warning and does nothing', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.stubEnv('XPANDER_AGENT_ID', '');

  const stack = (middy7 as unknown as Middy)(() => 'answer').use(taskReporter({ apiKey: 'k' }));

  expect(await stack({}, lambdaContext())).toBe('answer');
  expect(warn.mock.calls).toEqual([
    [
      "[xpander-lambda] There is no agent id: runs are not reported. Set XPANDER_AGENT_ID, or give the option 'agentId'.",
    ],
  ]);
});

test('a wrong value of an optional variable is logged once, and runs are reported', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.stubEnv('XPANDER_BUDGET_MS', 'three seconds');
  const context = lambdaContext();
  const create = (): Stack =>
    (middy7 as unknown as Middy)(() => 'answer').use(taskReporter(options()));

  await create()({}, context);
  create();

  expect(warn.mock.calls).toEqual([
    [
      "[xpander-lambda] XPANDER_BUDGET_MS must be a whole number, 1 to 900000; it is 'three seconds'. The default is used.",
    ],
  ]);
  await expectReports(context, [{ is_success: true, result: 'answer' }]);
});

/** Compares all reports of a task, in order of arrival. */
async function expectReports(context: { awsRequestId: string }, expected: object[]): Promise<void> {
  // If Middy skips our hooks, its response does not wait for the report.
  await vi.waitFor(
    () => expect(reportsOf(platform, context).length).toBeGreaterThanOrEqual(expected.length),
    { timeout: 4_000 },
  );
  expect(reportsOf(platform, context)).toMatchObject(expected);
}

function locked(): ReadableStream {
  const stream = new ReadableStream();
  stream.getReader();
  return stream;
}

function throwing(): object {
  return {
    statusCode: 200,
    get body() {
      throw new Error('not yet');
    },
  };
}

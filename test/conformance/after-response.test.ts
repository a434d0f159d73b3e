/** Delivery after the response, judged by AWS's emulator: registered in time, and nobody waits. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { reportsOf } from '../support/reports-of.ts';
import { ensureRie } from '../support/rie/ensure-rie.ts';
import type { Rie, RieAnswer } from '../support/rie/start-rie.ts';
import { type AgentOptions, type ModuleForm, moduleForms, startAgent } from './started-agent.ts';

const rie = await ensureRie();
const [esModule, withEntry, commonJs] = moduleForms;

/** How slow the platform is made: far above what an invocation takes on a busy machine. */
const delayMs = 1_000;

const register = '/2020-01-01/extension/register';
const nextOfExtension = '/2020-01-01/extension/event/next';
const nextOfRuntime = '/2018-06-01/runtime/invocation/next';

describe.skipIf(rie.kind === 'missing')('after the response', () => {
  let platform: LocalPlatform;
  beforeAll(async () => {
    platform = await startLocalPlatform();
  });
  afterAll(() => platform.close());

  const start = async (
    form: ModuleForm,
    name: string,
    options: Omit<AgentOptions, 'platform'> = {},
  ): Promise<Rie> => {
    const agent = await startAgent(form, name, { platform, ...options });
    onTestFinished(() => agent.close());
    return agent;
  };

  /** Has the environment initialised, and the platform slow from then on. */
  const warm = async (agent: Rie): Promise<RieAnswer> => {
    const first = await agent.invoke({ question: 'ready?' });
    platform.setFaults({ kind: 'latency', ms: delayMs });
    onTestFinished(() => platform.setFaults(undefined));
    return first;
  };

  describe.each([...moduleForms])('$form', (form) => {
    test.each(['wrapped', 'middleware'])('%s: registers in time, once', async (name) => {
      const agent = await start(form, name);

      const { calls, body } = await agent.invoke({ question: 'why?' });

      const paths = calls.map(({ path }) => path);
      expect(body).toBe('"answer to why?"');
      expect(paths.filter((path) => path === register)).toHaveLength(1);
      expect(paths.indexOf(register)).toBeLessThan(paths.indexOf(nextOfRuntime));
      // At init and after the report.
      expect(paths.filter((path) => path === nextOfExtension)).toHaveLength(2);
    });

    test.each(['wrapped', 'middleware'])('%s: no answer waits for the platform', async (name) => {
      const agent = await start(form, name);
      await warm(agent);

      const { requestId, answeredMs, doneMs } = await agent.invoke({ question: 'why?' });

      expect(answeredMs).toBeLessThan(delayMs / 2);
      expect(doneMs).toBeGreaterThan(delayMs / 2);
      expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([
        { is_success: true, result: 'answer to why?' },
      ]);
    });
  });

  describe.each([esModule, commonJs])('$form, in-band:', (form) => {
    const late = { ...form, file: 'late-agent' };

    test.each<[string, ModuleForm, string, Omit<AgentOptions, 'platform'>]>([
      ['chosen', form, 'wrapped', { environment: { XPANDER_DELIVERY: 'in-band' } }],
      ['ten other extensions', form, 'wrapped', { preload: 'ten-extensions.mjs' }],
      ['ten other extensions, with Middy', form, 'middleware', { preload: 'ten-extensions.mjs' }],
      ['the reporter is made in the first invocation', late, 'wrapped', {}],
    ])('%s', async (_, agentForm, name, options) => {
      const agent = await start(agentForm, name, options);
      await warm(agent);

      const { requestId, answeredMs, body } = await agent.invoke({ question: 'why?' });

      expect(body).toBe('"answer to why?"');
      expect(answeredMs).toBeGreaterThan(delayMs / 2);
      expect(reportsOf(platform, { awsRequestId: requestId })).toHaveLength(1);
      expect(linesOfOurs(agent)).toEqual([]);
    });
  });

  test('with the entry also a reporter that is made in the first invocation', async () => {
    const agent = await start({ ...withEntry, file: 'late-agent-with-entry' }, 'wrapped');
    await warm(agent);

    const { requestId, answeredMs } = await agent.invoke({ question: 'why?' });

    expect(answeredMs).toBeLessThan(delayMs / 2);
    expect(reportsOf(platform, { awsRequestId: requestId })).toHaveLength(1);
  });

  test('where Lambda refuses what was chosen, one line says so', async () => {
    const agent = await start(esModule, 'wrapped', {
      preload: 'ten-extensions.mjs',
      environment: { XPANDER_DELIVERY: 'after-response' },
    });

    await agent.invoke({ question: 'why?' });
    await agent.invoke({ question: 'again?' });

    expect(linesOfOurs(agent)).toEqual([expect.stringContaining('Extension.TooManyExtensions')]);
  });

  describe.each([esModule, commonJs])('$form:', (form) => {
    test('an error reaches the caller at once, and is reported', async () => {
      const agent = await start(form, 'wrapped');
      await warm(agent);

      const { requestId, answeredMs, body } = await agent.invoke({ do: 'fail' });

      expect(JSON.parse(body)).toMatchObject({
        errorType: 'RangeError',
        errorMessage: 'no tokens left',
      });
      expect(answeredMs).toBeLessThan(delayMs / 2);
      expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([
        { is_success: false, result: expect.stringMatching(/^RangeError: no tokens left/) },
      ]);
    });

    test('after process.exit the environment goes on, and the run is reported', async () => {
      const agent = await start(form, 'wrapped');

      const crashed = await agent.invoke({ do: 'exit' });
      const next = await agent.invoke({ question: 'still there?' });

      expect(crashed).toMatchObject({
        status: 502,
        body: expect.stringContaining('Runtime exited with error: exit status 3'),
      });
      expect(next.body).toBe('"answer to still there?"');
      expect(next.calls.map(({ path }) => path)).toContain(register);
      expect(reportsOf(platform, { awsRequestId: next.requestId })).toHaveLength(1);
      await vi.waitFor(() =>
        expect(reportsOf(platform, { awsRequestId: crashed.requestId })).toMatchObject([
          { is_success: false },
        ]),
      );
    });

    test('a run that times out is reported, and the environment goes on', async () => {
      const agent = await start(form, 'wrapped', { timeoutSeconds: 2 });
      await agent.invoke({ question: 'ready?' });

      const late = await agent.invoke({ do: 'hang' });
      const next = await agent.invoke({ question: 'still there?' });

      expect(late.body).toBe('Task timed out after 2.00 seconds');
      expect(next.body).toBe('"answer to still there?"');
      expect(reportsOf(platform, { awsRequestId: next.requestId })).toHaveLength(1);
      expect(reportsOf(platform, { awsRequestId: late.requestId }).at(-1)).toMatchObject({
        is_success: false,
        result: expect.stringMatching(/timed out/i),
      });
    });

    test('no invocation times out because the connection to Lambda broke', async () => {
      const agent = await start(form, 'wrapped', { preload: 'lose-next.mjs', timeoutSeconds: 5 });
      await agent.invoke({ question: 'ready?' });

      const answers: RieAnswer[] = [];
      for (const broken of [1, 2]) {
        answers.push(await agent.invoke({ do: 'loseNext' }));
        await vi.waitFor(() => expect(breaks(agent)).toBe(broken));
        answers.push(await agent.invoke({ question: 'one?' }));
        answers.push(await agent.invoke({ question: 'two?' }));
      }

      const bodies = ['"lost"', '"answer to one?"', '"answer to two?"'];
      expect(answers.map(({ body }) => body)).toEqual([...bodies, ...bodies]);
      for (const { requestId } of answers) {
        expect(reportsOf(platform, { awsRequestId: requestId })).toHaveLength(1);
      }
    });
  });

  test('a function that is shut down ends within its time', async () => {
    const agent = await start(esModule, 'wrapped');
    await agent.invoke({ question: 'why?' });

    await agent.close();

    expect(agent.logs.filter((line) => /did not exit after deadline/.test(line))).toEqual([]);
  });
});

/** How often the connection on which the extension waits for an event was broken. */
function breaks({ logs }: Rie): number {
  return logs.filter((line) => line.endsWith('The connection is broken.')).length;
}

/** What this package wrote into the function's log: not the emulator's lines of its calls. */
function linesOfOurs({ logs }: Rie): string[] {
  return logs.filter((line) => line.includes('xpander') && !line.includes(' (rapid) '));
}

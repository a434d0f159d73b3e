import { expect, test } from 'vitest';
import { Invocation } from '../../src/invocation/invocation.ts';
import { createReportSequence } from '../../src/reporter/report-sequence.ts';
import type { TaskDelivery } from '../../src/reporter/task-delivery.ts';

test('a start that hangs is given up for the end', async () => {
  const { delivery, end, reports, sent } = setUp();

  void reports.start({
    ...delivery,
    startReport: () => expect.unreachable(),
    reportStart: hanging(sent, 'start'),
  });
  await end(delivery, endWithin(100));

  expect(sent).toEqual(['start', 'start given up', 'end of a known run']);
});

test('a timeout that is being reported is given up for the end', async () => {
  const { delivery, end, reports, sent } = setUp();
  const reportTimeout = async (_: unknown, __: number, signal: AbortSignal): Promise<boolean> => {
    await hanging(sent, 'timeout')(_, signal);
    return false;
  };

  const isKnown = reports.timeout({ ...delivery, reportTimeout }, 50);
  await end(delivery, endWithin(100));

  expect(sent).toEqual(['timeout', 'timeout given up', 'end of a known run']);
  expect(await isKnown).toBe(false);
});

test('a run that has ended is not reported as timing out', async () => {
  const { delivery, invocation, reports, sent } = setUp();

  invocation.end({ kind: 'response', value: 'in time' });

  expect(await reports.timeout(delivery, 50)).toBe(false);
  expect(sent).toEqual([]);
});

test('a fault is told, and the next report is sent all the same', async () => {
  const { delivery, end, faults, reports, sent } = setUp();
  const fault = new Error('a fault of ours');

  await reports.start({ ...delivery, reportStart: () => Promise.reject(fault) });
  await end(delivery, endWithin(100));

  expect(faults).toEqual([fault]);
  expect(sent).toEqual(['end of a known run']);
});

test('a slow end is not overtaken by a correction, nor cut short by it', async () => {
  const { delivery, end } = setUp();
  const steps: string[] = [];
  const reportEnd = async (): Promise<boolean> => {
    steps.push('first is sent');
    // Longer than the time that the second one gives others.
    await new Promise((resolve) => setTimeout(resolve, 60));
    steps.push('first has arrived');
    return true;
  };

  const first = end({ ...delivery, reportEnd }, endWithin(1_000));
  const second = end(delivery, endWithin(20)).then(() => steps.push('second has arrived'));
  await Promise.all([first, second]);

  expect(steps).toEqual(['first is sent', 'first has arrived', 'second has arrived']);
});

test('the end waits for a start that is quick enough', async () => {
  const { delivery, end, reports } = setUp();
  const steps: string[] = [];
  const reportStart = async (_: unknown, signal: AbortSignal): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    steps.push(signal.aborted ? 'start given up' : 'start has arrived');
  };
  const reportEnd = async (): Promise<boolean> => steps.push('end') > 0;

  void reports.start({ ...delivery, reportStart });
  await end({ ...delivery, reportEnd }, endWithin(5_000));

  expect(steps).toEqual(['start has arrived', 'end']);
});

test('a corrected outcome follows the first one', async () => {
  const { delivery, end, sent } = setUp();

  await Promise.all([end(delivery, endWithin(1_000)), end(delivery, endWithin(1_000))]);

  expect(sent).toEqual(['end', 'end']);
});

const endWithin = (timeMs: number) => ({
  sampled: true,
  deadline: performance.now() + timeMs,
  origin: { birth: 0, endedAt: Date.now() },
  isSafe: () => undefined,
});

/** Something that only ends when it is given up. */
function hanging(sent: string[], name: string) {
  return (_: unknown, signal: AbortSignal): Promise<void> => {
    sent.push(name);
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => {
        sent.push(`${name} given up`);
        resolve();
      }),
    );
  };
}

function setUp() {
  const sent: string[] = [];
  const faults: unknown[] = [];
  const invocation = new Invocation({
    id: 'run-1',
    agentId: 'agent-123',
    event: {},
    context: {},
    input: { kind: 'none' },
    warn: () => undefined,
  });
  const delivery: TaskDelivery = {
    warmUp: () => undefined,
    startReport: () => {
      throw new Error('not asked for');
    },
    reportStart: async () => void sent.push('start'),
    reportTimeout: async () => sent.push('timeout') > 0,
    draft: () => {
      throw new Error('not asked for');
    },
    isSuccess: () => expect.unreachable(),
    reportEnd: async (_, { isKnown }) => sent.push(isKnown ? 'end of a known run' : 'end') > 0,
    recover: async () => undefined,
    catchUp: async () => undefined,
    leaveWaiting: () => false,
    finish: async () => undefined,
    writeDown: async () => undefined,
    writeDownNow: () => undefined,
  };
  const reports = createReportSequence(invocation, (fault) => void faults.push(fault));
  type How = Omit<Parameters<TaskDelivery['reportEnd']>[1], 'isKnown'>;
  const end = ({ reportEnd }: TaskDelivery, how: How): Promise<boolean> =>
    reports.afterEarlier(how.deadline - performance.now(), (isKnown) =>
      reportEnd(invocation, { ...how, isKnown }),
    );
  return { delivery, end, faults, invocation, reports, sent };
}

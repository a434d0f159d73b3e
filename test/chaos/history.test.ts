import { expect, test } from 'vitest';
import type { Call } from './faulty-proxy.ts';
import { repeatedAmong, type Sent, staleAmong, storedOf } from './history.ts';
import type { Life } from './lives.ts';

const [first, second] = ['first', 'second'].map((name) => ({ name }) as Life) as [Life, Life];

test('a report of an earlier attempt that replaces a later one is stale', () => {
  const later = report(second, { attempt: 2, status: 'completed', fromMs: 100 });
  const earlier = report(first, { attempt: 1, fromMs: 5_000 });

  expect(staleAmong([later, earlier])).toEqual([{ sent: earlier, isRace: false, isFinal: true }]);
});

test('attempts that are reported in their order are not stale', () => {
  const earlier = report(first, { attempt: 1, fromMs: 100 });
  const later = report(second, { attempt: 2, status: 'completed', fromMs: 5_000 });

  expect(staleAmong([earlier, later])).toEqual([]);
});

test('a report that was on its way before the later one was stored could not know', () => {
  const delayed = report(first, { attempt: 1, fromMs: 90, storedMs: 900 });
  const later = report(second, { attempt: 2, status: 'completed', fromMs: 100 });

  expect(storedOf([delayed, later])).toEqual([later, delayed]);
  expect(staleAmong([delayed, later])).toMatchObject([{ sent: delayed, isRace: true }]);
});

test('neither could one whose sender had just asked; an old answer excuses nobody', () => {
  const later = report(second, { attempt: 2, status: 'completed', fromMs: 1_000 });
  const earlier = report(first, { attempt: 1, fromMs: 1_100 });
  const stale = report(first, { attempt: 1, fromMs: 9_000 });

  expect(staleAmong([question(first, 990), later, earlier])).toMatchObject([{ isRace: true }]);
  expect(staleAmong([question(second, 990), later, earlier])).toMatchObject([{ isRace: false }]);
  expect(staleAmong([question(first, 990), later, stale])).toMatchObject([{ isRace: false }]);
});

test('a report is repeated if its sender had the answer to the first', () => {
  const accepted = report(first, { attempt: 1, fromMs: 100, answeredMs: 110 });
  const again = report(first, { attempt: 1, fromMs: 500 });
  const other = report(second, { attempt: 1, fromMs: 600 });
  const abandoned = report(first, { attempt: 1, fromMs: 100, answeredMs: 110, closedMs: 120 });

  expect(repeatedAmong([accepted, again, other])).toEqual([again]);
  expect(repeatedAmong([abandoned, again])).toEqual([]);
});

interface Reported extends Partial<Omit<Call, 'status'>> {
  readonly attempt: number;
  readonly fromMs: number;
  readonly status?: Sent['status'];
}

function report(life: Life, { attempt, status = 'failed', ...call }: Reported): Sent {
  const stored = { storedMs: call.fromMs + 5, status: 200 };
  return { life, status, attempt, result: '', call: callOf({ ...stored, ...call }) };
}

function question(life: Life, fromMs: number): Sent {
  const call = callOf({ method: 'GET', fromMs, status: 404 });
  return { life, status: undefined, attempt: undefined, result: undefined, call };
}

function callOf(call: Partial<Call> & { readonly fromMs: number }): Call {
  return {
    number: call.fromMs,
    method: 'POST',
    path: '',
    body: '',
    spoil: { kind: 'fair' },
    storedMs: undefined,
    status: undefined,
    toMs: call.fromMs + 10,
    answeredMs: undefined,
    closedMs: undefined,
    ...call,
  };
}

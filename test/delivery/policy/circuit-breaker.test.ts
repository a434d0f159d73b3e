import { expect, test } from 'vitest';
import { type Breaker, createBreaker } from '../../../src/delivery/policy/circuit-breaker.ts';

/** A breaker with pauses of full length, and a clock that stands still. */
function breakerWithClock(random = () => 1): { breaker: Breaker; pass: (ms: number) => void } {
  let time = 5_000;
  const breaker = createBreaker({ now: () => time, random });
  return {
    breaker,
    pass: (ms) => {
      time += ms;
    },
  };
}

/** How long nobody may try from now on. */
function pauseOf({ breaker, pass }: ReturnType<typeof breakerWithClock>): number {
  const stepMs = 250;
  let waitedMs = 0;
  while (!breaker.mayTry()) {
    pass(stepMs);
    waitedMs += stepMs;
  }
  return waitedMs;
}

function fail(breaker: Breaker, times: number): void {
  for (let count = 0; count < times; count += 1) breaker.failed();
}

test('opens after three failures in a row', () => {
  const { breaker } = breakerWithClock();

  fail(breaker, 2);
  breaker.succeeded();
  fail(breaker, 2);
  const before = [breaker.state, breaker.mayTry()];
  breaker.failed();

  expect(before).toEqual(['closed', true]);
  expect([breaker.state, breaker.mayTry()]).toEqual(['open', false]);
});

test('each failed probe doubles the pause, up to five minutes', () => {
  const stage = breakerWithClock();

  fail(stage.breaker, 3);
  const pauses = Array.from({ length: 12 }, () => {
    const pause = pauseOf(stage);
    stage.breaker.failed();
    return pause / 1_000;
  });

  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
});

test.each([
  [0, 500],
  [0.5, 750],
  [1, 1_000],
])('chance %d makes the first pause %d ms', (chance, pause) => {
  const stage = breakerWithClock(() => chance);

  fail(stage.breaker, 3);

  expect(pauseOf(stage)).toBe(pause);
});

test('lets one caller probe, and all others when it succeeds', () => {
  const { breaker, pass } = breakerWithClock();

  fail(breaker, 3);
  pass(1_000);
  const probes = [breaker.mayTry(), breaker.mayTry(), breaker.mayTry()];
  const state = breaker.state;
  breaker.succeeded();

  expect([probes, state]).toEqual([[true, false, false], 'half-open']);
  expect([breaker.state, breaker.mayTry(), breaker.mayTry()]).toEqual(['closed', true, true]);
});

test('a success sets the pauses back', () => {
  const stage = breakerWithClock();

  fail(stage.breaker, 3);
  pauseOf(stage);
  stage.breaker.failed();
  pauseOf(stage);
  stage.breaker.succeeded();
  fail(stage.breaker, 3);

  expect(pauseOf(stage)).toBe(1_000);
});

test('a pause that is ended early lets one caller probe, and goes on when that fails', () => {
  const stage = breakerWithClock();

  fail(stage.breaker, 3);
  stage.breaker.allowProbe();
  const probes = [stage.breaker.mayTry(), stage.breaker.mayTry()];
  stage.breaker.failed();

  expect(probes).toEqual([true, false]);
  expect(pauseOf(stage)).toBe(2_000);
});

test('a probe that is never heard of again makes way for another after 30 s', () => {
  const stage = breakerWithClock();

  fail(stage.breaker, 3);
  pauseOf(stage);

  expect(pauseOf(stage)).toBe(30_000);
  expect(stage.breaker.mayTry()).toBe(false);
});

test('a probe that learned nothing makes way at once and leaves the pauses as they are', () => {
  const stage = breakerWithClock();

  fail(stage.breaker, 3);
  pauseOf(stage);
  stage.breaker.withdrawn();
  const pause = pauseOf(stage);
  stage.breaker.failed();

  expect(pause).toBe(0);
  expect(pauseOf(stage)).toBe(2_000);
});

test('a request that learned nothing neither opens nor closes', () => {
  const { breaker } = breakerWithClock();

  fail(breaker, 2);
  breaker.withdrawn();
  breaker.failed();
  breaker.withdrawn();

  expect([breaker.state, breaker.mayTry()]).toEqual(['open', false]);
});

test('failures of requests that began before it opened do not prolong the pause', () => {
  const stage = breakerWithClock();

  fail(stage.breaker, 3);
  stage.pass(750);
  fail(stage.breaker, 60);

  expect(pauseOf(stage)).toBe(250);
});

test('an answer to a request that began before it opened closes it', () => {
  const { breaker } = breakerWithClock();

  fail(breaker, 3);
  breaker.succeeded();

  expect(breaker.state).toBe('closed');
});

test('a platform that is dead for an hour is asked some twenty times', () => {
  const { breaker, pass } = breakerWithClock(Math.random);

  let tries = 0;
  for (let second = 0; second < 3_600; second += 1) {
    if (breaker.mayTry()) {
      tries += 1;
      breaker.failed();
    }
    pass(1_000);
  }

  expect(tries).toBeGreaterThan(15);
  expect(tries).toBeLessThan(40);
});

import { expect, test } from 'vitest';
import {
  type CircuitBreaker,
  createCircuitBreaker,
} from '../../../src/delivery/policy/circuit-breaker.ts';

/** A circuit breaker with pauses of full length, and a clock that stands still. */
function breakerWithClock(random = () => 1): {
  circuitBreaker: CircuitBreaker;
  pass: (ms: number) => void;
} {
  let time = 5_000;
  const circuitBreaker = createCircuitBreaker({ now: () => time, random });
  return {
    circuitBreaker,
    pass: (ms) => {
      time += ms;
    },
  };
}

/** How long nobody may try from now on. */
function pauseOf({ circuitBreaker, pass }: ReturnType<typeof breakerWithClock>): number {
  const stepMs = 250;
  let waitedMs = 0;
  while (!circuitBreaker.mayTry()) {
    pass(stepMs);
    waitedMs += stepMs;
  }
  return waitedMs;
}

function fail(circuitBreaker: CircuitBreaker, times: number): void {
  for (let count = 0; count < times; count += 1) circuitBreaker.failed();
}

test('opens after three failures in a row', () => {
  const { circuitBreaker } = breakerWithClock();

  fail(circuitBreaker, 2);
  circuitBreaker.succeeded();
  fail(circuitBreaker, 2);
  const before = [circuitBreaker.state, circuitBreaker.mayTry()];
  circuitBreaker.failed();

  expect(before).toEqual(['closed', true]);
  expect([circuitBreaker.state, circuitBreaker.mayTry()]).toEqual(['open', false]);
});

test('each failed probe doubles the pause, up to five minutes', () => {
  const stage = breakerWithClock();

  fail(stage.circuitBreaker, 3);
  const pauses = Array.from({ length: 12 }, () => {
    const pause = pauseOf(stage);
    stage.circuitBreaker.failed();
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

  fail(stage.circuitBreaker, 3);

  expect(pauseOf(stage)).toBe(pause);
});

test('lets one caller probe, and all others when it succeeds', () => {
  const { circuitBreaker, pass } = breakerWithClock();

  fail(circuitBreaker, 3);
  pass(1_000);
  const probes = [circuitBreaker.mayTry(), circuitBreaker.mayTry(), circuitBreaker.mayTry()];
  const state = circuitBreaker.state;
  circuitBreaker.succeeded();

  expect([probes, state]).toEqual([[true, false, false], 'half-open']);
  expect([circuitBreaker.state, circuitBreaker.mayTry(), circuitBreaker.mayTry()]).toEqual([
    'closed',
    true,
    true,
  ]);
});

test('a success sets the pauses back', () => {
  const stage = breakerWithClock();

  fail(stage.circuitBreaker, 3);
  pauseOf(stage);
  stage.circuitBreaker.failed();
  pauseOf(stage);
  stage.circuitBreaker.succeeded();
  fail(stage.circuitBreaker, 3);

  expect(pauseOf(stage)).toBe(1_000);
});

test('a pause that is ended early lets one caller probe, and goes on when that fails', () => {
  const stage = breakerWithClock();

  fail(stage.circuitBreaker, 3);
  stage.circuitBreaker.allowProbe();
  const probes = [stage.circuitBreaker.mayTry(), stage.circuitBreaker.mayTry()];
  stage.circuitBreaker.failed();

  expect(probes).toEqual([true, false]);
  expect(pauseOf(stage)).toBe(2_000);
});

test('a probe that is never heard of again makes way for another after 30 s', () => {
  const stage = breakerWithClock();

  fail(stage.circuitBreaker, 3);
  pauseOf(stage);

  expect(pauseOf(stage)).toBe(30_000);
  expect(stage.circuitBreaker.mayTry()).toBe(false);
});

test('a probe that learned nothing makes way at once and leaves the pauses as they are', () => {
  const stage = breakerWithClock();

  fail(stage.circuitBreaker, 3);
  pauseOf(stage);
  stage.circuitBreaker.withdrawn();
  const pause = pauseOf(stage);
  stage.circuitBreaker.failed();

  expect(pause).toBe(0);
  expect(pauseOf(stage)).toBe(2_000);
});

test('a request that learned nothing neither opens nor closes', () => {
  const { circuitBreaker } = breakerWithClock();

  fail(circuitBreaker, 2);
  circuitBreaker.withdrawn();
  circuitBreaker.failed();
  circuitBreaker.withdrawn();

  expect([circuitBreaker.state, circuitBreaker.mayTry()]).toEqual(['open', false]);
});

test('failures of requests that began before it opened do not prolong the pause', () => {
  const stage = breakerWithClock();

  fail(stage.circuitBreaker, 3);
  stage.pass(750);
  fail(stage.circuitBreaker, 60);

  expect(pauseOf(stage)).toBe(250);
});

test('an answer to a request that began before it opened closes it', () => {
  const { circuitBreaker } = breakerWithClock();

  fail(circuitBreaker, 3);
  circuitBreaker.succeeded();

  expect(circuitBreaker.state).toBe('closed');
});

test('a platform that is dead for an hour is asked some twenty times', () => {
  const { circuitBreaker, pass } = breakerWithClock(Math.random);

  let tries = 0;
  for (let second = 0; second < 3_600; second += 1) {
    if (circuitBreaker.mayTry()) {
      tries += 1;
      circuitBreaker.failed();
    }
    pass(1_000);
  }

  expect(tries).toBeGreaterThan(15);
  expect(tries).toBeLessThan(40);
});

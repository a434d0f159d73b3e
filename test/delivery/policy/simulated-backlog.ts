/** More invocations than the platform takes, then fewer, until nothing waits. Time is a number. */
import { createRateLimiter } from '../../../src/delivery/policy/rate-limiter.ts';
import { createRateLimit } from '../../../src/local/server/rate-limit.ts';
import { pseudoRandom } from './pseudo-random.ts';

export interface SimulatedLoad {
  readonly environments: number;
  readonly retryAfter: boolean;
  readonly seed: number;
}

export interface Drained {
  /** Delivered per minute, of 100, in whole minutes after the first in which reports wait. */
  readonly usedPercent: number;
  /** Of all requests. */
  readonly refusedShare: number;
}

const minuteMs = 60_000;
const perMinute = 100;
const invocations = 2_000;
const busyMinutes = 10;
const quietMinutes = 12;
const quietPerMinute = 40;
const atOnce = 4;
// With less the few environments that have something left cannot use the limit.
const backlog = 20;

interface Sender {
  readonly pause: ReturnType<typeof createRateLimiter>;
  waiting: number;
}

/** Each environment sends only during its invocations, at random times. */
export function drainBacklog({ environments, retryAfter, seed }: SimulatedLoad): Drained {
  const random = pseudoRandom(seed * 7_919 + environments);
  let time = 0;
  const now = (): number => time;
  const take = createRateLimit({ perMinute, now });
  const senders: Sender[] = Array.from({ length: environments }, () => ({
    pause: createRateLimiter({ now, random }),
    waiting: 0,
  }));
  const minutes = Array.from({ length: busyMinutes + quietMinutes }, () => ({
    granted: 0,
    refused: 0,
    waiting: 0,
  }));

  const send = ({ pause, ...sender }: Sender, minute: (typeof minutes)[number]): number => {
    let { waiting } = sender;
    for (;;) {
      let allowed = 0;
      while (allowed < Math.min(atOnce, waiting) && pause.mayTry()) allowed += 1;
      const answers = Array.from({ length: allowed }, take);
      for (const answer of answers) {
        if (answer.kind === 'granted') {
          minute.granted += 1;
          waiting -= 1;
          pause.accepted();
        } else {
          minute.refused += 1;
          pause.limited(retryAfter ? answer.retryAfterSeconds : undefined);
        }
      }
      if (allowed === 0 || answers.some(({ kind }) => kind === 'refused')) return waiting;
    }
  };

  for (const [index, minute] of minutes.entries()) {
    minute.waiting = senders.reduce((sum, { waiting }) => sum + waiting, 0);
    const count = index < busyMinutes ? invocations / busyMinutes : quietPerMinute;
    const turns = Array.from({ length: count }, () => ({
      at: (index + random()) * minuteMs,
      sender: senders[Math.floor(random() * environments)]!,
    }));
    for (const { at, sender } of turns.sort((a, b) => a.at - b.at)) {
      time = at;
      sender.waiting += 1;
      sender.waiting = send(sender, minute);
    }
  }
  const draining = minutes.filter(
    ({ waiting }, index) =>
      index > 0 && waiting > backlog && (minutes[index + 1]?.waiting ?? 0) > backlog,
  );
  const sum = (of: readonly (typeof minutes)[number][], what: 'granted' | 'refused'): number =>
    of.reduce((total, minute) => total + minute[what], 0);
  const refused = sum(minutes, 'refused');
  return {
    usedPercent: (sum(draining, 'granted') / draining.length / perMinute) * 100,
    refusedShare: refused / (refused + sum(minutes, 'granted')),
  };
}

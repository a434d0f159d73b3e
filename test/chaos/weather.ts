/** What a platform does to one call after the other when nothing can be relied on. */

import type { Fault } from '../../src/local/faults.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Spells of one kind: three failures in a row open the breaker, a mixture hardly ever does. */
const spells = { fair: 5, errors: 1.5, resets: 1.5, hangs: 1, drips: 1.5, limits: 0.7, mixed: 4 };

const mixture = {
  fair: 6,
  errors: 1,
  resets: 1,
  hangs: 0.7,
  drips: 1,
  limits: 0.4,
  refusals: 0.15,
};

type Kind = keyof typeof spells | keyof typeof mixture;

/** One fault a call, in the order in which calls arrive, fair weather being one of them. */
export function weather(random: SeededRandom, calls: number): Fault[] {
  const faults: Fault[] = [];
  while (faults.length < calls) {
    const spell = random.weighted(spells);
    for (let left = random.between(2, 15); left > 0; left -= 1) {
      const kind = spell === 'mixed' ? random.weighted(mixture) : spell;
      faults.push({ ...faultOf(kind, random), calls: 'all', times: 1 });
    }
  }
  return faults;
}

function faultOf(kind: Kind, random: SeededRandom): Fault {
  switch (kind) {
    case 'errors':
      return { kind: 'status', status: random.pick([500, 502, 503]) };
    case 'resets':
      return { kind: 'drop', afterStoring: random.chance(0.5) };
    case 'hangs':
      return { kind: 'hang' };
    case 'drips':
      return { kind: 'drip', intervalMs: random.pick([1, 50]) };
    case 'limits':
      return { kind: 'status', status: 429, ...(random.chance(0.6) && retryAfter(random)) };
    case 'refusals':
      return { kind: 'status', status: random.pick([403, 422]) };
    default:
      return { kind: 'latency', ms: random.chance(0.2) ? random.between(5, 30) : 0 };
  }
}

function retryAfter(random: SeededRandom): { headers: Record<string, string> } {
  return { headers: { 'retry-after': String(random.between(1, 60)) } };
}

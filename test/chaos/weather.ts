/** What happens to one call after the other when nothing can be relied on. */

import type { SeededRandom } from './seeded-random.ts';

/** What becomes of a call. */
export type Spoil =
  | { readonly kind: 'fair' }
  /** The call is forwarded after a while. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** No connection can be made for a while. */
  | { readonly kind: 'refuse'; readonly ms: number }
  /** The connection breaks before the platform has the call, or after that. */
  | { readonly kind: 'resetFirst' | 'resetLast' }
  /** No answer comes, whether or not the platform has the call. */
  | { readonly kind: 'hang' | 'dropAnswer' }
  /** The connection breaks within the answer. */
  | { readonly kind: 'cut' }
  /** The answer comes byte by byte. */
  | { readonly kind: 'trickle'; readonly intervalMs: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Spells of one kind: three failures in a row open the circuit breaker, a mixture hardly ever does. */
const spells = {
  fair: 6,
  errors: 1.5,
  resets: 1.5,
  hangs: 1,
  trickles: 1,
  limits: 0.7,
  unknownKey: 0.6,
  mixed: 5,
};

const mixture = {
  fair: 8,
  delays: 2,
  errors: 1,
  resets: 1.5,
  refusals: 0.5,
  hangs: 0.7,
  trickles: 1,
  limits: 0.3,
  invalid: 0.1,
};

type Kind = keyof typeof spells | keyof typeof mixture;

/** Of each call, in the order in which calls arrive, fair weather being one kind. */
export function weather(random: SeededRandom): () => Spoil {
  let spell: Kind = 'fair';
  let left = 0;
  return () => {
    if (left === 0) {
      spell = random.weighted(spells);
      left = random.between(2, 12);
    }
    left -= 1;
    return spoilOf(spell === 'mixed' ? random.weighted(mixture) : spell, random);
  };
}

function spoilOf(kind: Kind, random: SeededRandom): Spoil {
  switch (kind) {
    case 'delays':
      return { kind: 'delay', ms: random.between(20, 700) };
    case 'errors':
      return { kind: 'status', status: random.pick([500, 502, 503, 504]) };
    case 'resets':
      return { kind: random.pick(['resetFirst', 'resetLast', 'cut'] as const) };
    case 'refusals':
      return { kind: 'refuse', ms: random.between(50, 1_500) };
    case 'hangs':
      return { kind: random.pick(['hang', 'dropAnswer'] as const) };
    case 'trickles':
      return { kind: 'trickle', intervalMs: random.pick([1, 10]) };
    case 'limits':
      return { kind: 'status', status: 429, ...(random.chance(0.6) && retryAfter(random)) };
    case 'unknownKey':
      return { kind: 'status', status: 401 };
    case 'invalid':
      return { kind: 'status', status: random.pick([403, 422]) };
    default:
      return { kind: 'fair' };
  }
}

function retryAfter(random: SeededRandom): { headers: Record<string, string> } {
  return { headers: { 'retry-after': String(random.between(1, 60)) } };
}

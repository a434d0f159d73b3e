/** The invocations that the sentinel has heard of, and how they ended. */
import { dropOldest } from './drop-oldest.ts';
import type { PlatformEnd } from './telemetry-events.ts';

export interface SeenInvocation {
  /** Epoch milliseconds; of the event, or of what the platform says of it. */
  readonly since: number;
  begun: number;
  end: PlatformEnd | undefined;
  isBeingLookedAt: boolean;
}

export interface SeenInvocations {
  /** What is known of it; from now on it is one that was heard of. */
  readonly look: (requestId: string) => SeenInvocation;
  readonly endOf: (requestId: string | undefined) => PlatformEnd | undefined;
  readonly forget: (requestId: string) => void;
  readonly all: () => readonly SeenInvocation[];
}

// Invocations that never ended; their end may still be reported.
export const mostSeen = 100;

export function createSeenInvocations(): SeenInvocations {
  const seen = new Map<string, SeenInvocation>();
  return {
    look(requestId) {
      const known = seen.get(requestId);
      if (known !== undefined) return known;
      const fresh = { since: Date.now(), begun: 0, end: undefined, isBeingLookedAt: false };
      seen.set(requestId, fresh);
      dropOldest(seen, mostSeen);
      return fresh;
    },
    endOf: (requestId) => (requestId === undefined ? undefined : seen.get(requestId)?.end),
    forget: (requestId) => void seen.delete(requestId),
    all: () => [...seen.values()],
  };
}

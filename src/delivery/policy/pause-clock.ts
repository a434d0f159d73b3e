// Date.now() counts whole milliseconds and is corrected in small steps: less is not a freeze.
const shortestFreezeMs = 100;

/**
 * A clock in milliseconds that never goes back and counts the time in which the environment was
 * frozen, whether or not the monotonic clock does. A pause of a minute would else last for
 * hundreds of short invocations.
 *
 * A wall clock that is set forward looks like a freeze and ends pauses early, which costs one
 * request; one that is set back changes nothing.
 */
export function createPauseClock(
  monotonic: () => number = () => performance.now(),
  wall: () => number = Date.now,
): () => number {
  let distance = wall() - monotonic();
  let frozenMs = 0;
  return () => {
    const awakeMs = monotonic();
    const jumpMs = wall() - awakeMs - distance;
    if (Math.abs(jumpMs) >= shortestFreezeMs) {
      distance += jumpMs;
      frozenMs += Math.max(0, jumpMs);
    }
    return awakeMs + frozenMs;
  };
}

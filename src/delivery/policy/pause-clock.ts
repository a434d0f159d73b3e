// Date.now() counts whole milliseconds and is corrected in small steps. Less is not a freeze.
const shortestFreezeMs = 100;

/**
 * Creates a clock in milliseconds that never goes back and includes the time of a freeze, whether
 * or not the monotonic clock does. Otherwise a pause of a minute would last for hundreds of short
 * invocations.
 *
 * Setting the wall clock forward looks like a freeze and ends pauses early, which costs one
 * request. Setting it back changes nothing.
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

/**
 * How fast this process reads payloads. A function with 128 MB has 7 % of a CPU, and masking 200 KB
 * takes it as long as others take for three megabytes.
 */
export interface Pace {
  /** How many characters are read, masked and cut in a time, in milliseconds. */
  readonly charactersIn: (timeMs: number) => number;
  /** What reading took: later answers are made from it. */
  readonly took: (characters: number, timeMs: number) => void;
}

// In a millisecond of a whole CPU: when the code runs for the first time, and at best.
const firstGuess = 5_000;
const best = 15_000;
// A share of a CPU is given in pieces: a short time may have been one of these, or a pause.
const leastTimeMs = 200;

/** @param cpuShare - of one CPU, as far as it is known */
export function createPace(cpuShare: number): Pace {
  // As if it had been seen for a while.
  let seen = { characters: firstGuess * cpuShare * leastTimeMs, timeMs: leastTimeMs };
  return {
    charactersIn(timeMs) {
      const perMs = Math.min(best * cpuShare, seen.characters / seen.timeMs);
      return Math.floor(perMs * Math.max(0, timeMs));
    },
    took(characters, timeMs) {
      const weight = Math.min(1, leastTimeMs / seen.timeMs);
      seen = {
        characters: seen.characters * weight + characters,
        timeMs: seen.timeMs * weight + timeMs,
      };
    },
  };
}

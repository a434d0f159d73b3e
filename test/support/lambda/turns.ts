/** Lets so many of them run at once, in the order in which they came. */

export interface Turns {
  /** Runs when its turn has come; the turn lasts until `held` of what it returns resolves. */
  readonly take: <T>(run: () => Promise<T>, held: (result: T) => Promise<unknown>) => Promise<T>;
}

export function createTurns(atOnce: number): Turns {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  const give = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const wait = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    take: async (run, held) => {
      await wait();
      const result = run();
      void result
        .then(held)
        .catch(() => {})
        .then(give);
      return result;
    },
  };
}

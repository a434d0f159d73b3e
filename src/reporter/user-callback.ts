/**
 * Calls what the user gave as an option. It may throw, and it may be asynchronous by mistake.
 *
 * @param complain - told when it throws, or returns a promise, which nobody waits for
 * @returns what it returned; undefined when that cannot be used
 */
export function askCallback(
  option: string,
  callback: () => unknown,
  complain: (message: string) => void,
): unknown {
  try {
    const answer = callback();
    if (!(answer instanceof Promise)) return answer;
    complain(`the option ${option}() must not be asynchronous: what it returns is not used.`);
    // Its rejection is nobody else's, and would end the process.
    answer.catch(ignore);
  } catch (error) {
    // Only the kind: the message may hold what the event holds.
    complain(`the option ${option}() threw ${kindOf(error)}.`);
  }
  return undefined;
}

function kindOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.name : typeof thrown;
  } catch {
    return 'something that cannot be read';
  }
}

function ignore(): void {}

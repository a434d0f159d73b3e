/** What a handler has left behind ends the process when the caller has its response. */
import { answered, type Ending } from '../ending.ts';

const leftBehind: Readonly<Record<string, readonly [source: string, ...ms: readonly number[]]>> = {
  'a rejection': ["setTimeout(() => void Promise.reject(new Error('floating')), {ms});", 2, 20, 60],
  'an error': ["setTimeout(() => { throw new Error('in a timer'); }, {ms});", 2, 20, 60],
  'an exit': ['setTimeout(() => process.exit(0), {ms});', 2, 20, 60],
  'a kill': ["setTimeout(() => process.kill(process.pid, 'SIGKILL'), {ms});", 20],
};

/** Until then a response has been sent, however busy the machine is. */
const surelyMs = 60;

export const afterTheResponse: readonly Ending[] = Object.entries(leftBehind).flatMap(
  ([name, [source, ...delays]]) =>
    delays.map(
      (ms): Ending => ({
        name: `${name} ${ms} ms after the response`,
        handler: `async () => { ${source.replace('{ms}', String(ms))} return 'answered'; }`,
        gives: ms < surelyMs ? {} : { ...answered, body: '"answered"' },
        report: { isSuccess: 'as the caller', hasResponse: true },
        isLate: true,
        isRace: ms < surelyMs,
      }),
    ),
);

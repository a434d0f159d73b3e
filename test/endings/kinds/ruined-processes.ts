/** Handlers that change globals under everybody's feet. */
import { completed, type Ending, type Reported } from '../ending.ts';

const globals = [
  'Buffer',
  'setTimeout',
  'setImmediate',
  'Promise',
  'AbortController',
  'performance',
];

/** A reporter may fail where the process is ruined, as long as nobody else notices. */
const report: Reported = { isSuccess: 'as the caller', isOptional: true };

const clocks: Readonly<Record<string, string>> = {
  'a day ahead': '+ 86_400_000',
  'a day back': '- 86_400_000',
};

export const ruinedProcesses: readonly Ending[] = [
  ...globals.map(
    (name): Ending => ({
      name: `${name} is deleted`,
      handler: `async () => { globalThis.${name} = undefined; return 'ruined'; }`,
      gives: {},
      report,
      ruinsProcess: true,
    }),
  ),
  ...['setTimeout', 'setImmediate'].map(
    (name): Ending => ({
      name: `${name} does nothing`,
      handler: `async () => { globalThis.${name} = () => ({ unref() {}, ref() {}, hasRef: () => false }); return 'ruined'; }`,
      gives: {},
      report,
      ruinsProcess: true,
    }),
  ),
  ...Object.entries(clocks).map(
    ([name, shift]): Ending => ({
      name: `Date.now is ${name}`,
      handler: `async () => { await sleep(20); const { now } = Date; Date.now = () => now() ${shift}; await sleep(20); return 'shifted'; }`,
      gives: { kind: 'response', body: '"shifted"' },
      report: { ...completed, duration: [0.03, 2] },
      ruinsProcess: true,
    }),
  ),
];

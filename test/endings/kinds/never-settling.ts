/** Promises that nobody settles. */
import { answered, type Ending, exited, unanswered } from '../ending.ts';

const gives = {
  'nodejs24.x': exited(0),
  'nodejs22.x': { ...answered, body: 'null' },
} as const;

export const neverSettling: readonly Ending[] = [
  { name: 'a pending promise', handler: '() => new Promise(() => {})', gives, report: unanswered },
  {
    name: 'an await without an end',
    handler: 'async () => { await sleep(1); await new Promise(() => {}); }',
    gives,
    report: unanswered,
  },
  {
    name: 'a promise that waits for a timer without a reference',
    handler: '() => new Promise((resolve) => setTimeout(resolve, 1_000).unref())',
    gives,
    report: unanswered,
  },
];

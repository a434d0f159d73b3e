/** The process ends in the turn in which the handler answers: whether the caller hears depends. */
import { answered, type Ending, exited, type Gives, type OnEach } from '../ending.ts';

/** The client of Node.js 22 posts a response in a microtask, that of Node.js 24 later. */
function lost(exitCode: number): OnEach<Gives> {
  return { 'nodejs24.x': exited(exitCode), 'nodejs22.x': answered };
}

const ends: Readonly<Record<string, readonly [source: string, gives: OnEach<Gives>]>> = {
  'a rejection that nobody awaits': [
    "async () => { Promise.reject(new Error('floating')); return 'answered'; }",
    lost(1),
  ],
  'an error in setImmediate': [
    "async () => { setImmediate(() => { throw new Error('immediate'); }); return 'answered'; }",
    lost(1),
  ],
  'an error in nextTick': [
    "async () => { process.nextTick(() => { throw new Error('tick'); }); return 'answered'; }",
    lost(1),
  ],
  'an exit in nextTick': [
    "async () => { process.nextTick(() => process.exit(3)); return 'answered'; }",
    lost(3),
  ],
  'an exit in a microtask': [
    "async () => { queueMicrotask(() => process.exit(3)); return 'answered'; }",
    exited(3),
  ],
};

export const sameTurn: readonly Ending[] = Object.entries(ends).map(
  ([name, [handler, gives]]): Ending => ({
    name,
    handler,
    gives,
    report: { isSuccess: 'as the caller', hasResponse: true },
    isLate: true,
  }),
);

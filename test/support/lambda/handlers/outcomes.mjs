// Every way in which a buffered invocation can end, by the name in the event.

import { setTimeout as sleep } from 'node:timers/promises';

const outcomes = {
  answer: (event, context) => ({ event, requestId: context.awsRequestId, pid: process.pid }),
  undefined: () => undefined,
  text: () => 'naïve ✓ 🚀',
  bytes: ({ count }) => 'x'.repeat(count - '""'.length),
  context: (_event, { getRemainingTimeInMillis, ...context }) => ({
    ...context,
    remainingMs: getRemainingTimeInMillis(),
  }),
  environment: () => process.env,
  flags: () => process.execArgv,
  log: () => {
    console.log('two\nlines');
    console.error('one more');
  },
  throwError: () => {
    throw Object.assign(new Error('naïve ✓'), { name: 'ThrottledError' });
  },
  throwObject: () => {
    throw { reason: 'not an Error' };
  },
  throwNull: () => {
    throw null;
  },
  circular: () => {
    const value = {};
    value.self = value;
    return value;
  },
  never: () => new Promise(() => {}),
  exit: () => process.exit(3),
  killLater: () => void setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  reject: async () => {
    void Promise.reject(new Error('nobody waits for this'));
    await sleep(60_000);
  },
  throwLater: async () => {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    await sleep(60_000);
  },
  block: () => {
    console.log('blocking');
    for (;;);
  },
};

export const handler = async (event, context) => outcomes[event.outcome](event, context);

export const synchronous = (event) => `at once: ${event.text}`;

export const withCallback = (_event, _context, callback) => callback(null, 'done');

// Ways in which an invocation can end, chosen by the event. The handler itself notes in a file what
// it does, as evidence that does not depend on the reporter.
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

const { NOTES_FILE } = process.env;
const notes = NOTES_FILE && openSync(NOTES_FILE, 'a');
const { timeOrigin } = performance;

let called = 0;

const forever = () => new Promise((resolve) => setTimeout(resolve, 60_000));

/** Waits until so many milliseconds are left before the deadline. */
const untilLeft = (context, leftMs) =>
  sleep(Math.max(0, context.getRemainingTimeInMillis() - leftMs));

// About 1 KB each: what is long in real events is text with an occasional secret in it.
const textOf = (bytes, secret) => {
  if (!bytes) return undefined;
  const line = `The model was asked for ${'a summary of the quarter '.repeat(38)}`;
  const lines = Array.from({ length: Math.ceil(bytes / line.length) }, () => line);
  lines.splice(lines.length >> 1, 0, `password=${secret}`);
  return lines.join('\n').slice(0, bytes);
};

const ways = {
  answers: async ({ text = 'here I am' }) => text,
  answersNear: async ({ leftMs }, context) => {
    await untilLeft(context, leftMs);
    return 'just in time';
  },
  answersLong: async ({ bytes, secret }) => ({ text: textOf(bytes, secret), password: secret }),
  answersLater: async ({ waitMs }) => {
    await sleep(waitMs);
    return 'after a while';
  },
  refuses: async () => ({ statusCode: 503, body: 'no model is free' }),
  throws: async () => {
    throw new RangeError('no answer');
  },
  throwsLater: async ({ waitMs }) => {
    await sleep(waitMs);
    throw new TypeError('no answer either');
  },
  throwsNear: async ({ leftMs }, context) => {
    await untilLeft(context, leftMs);
    throw new TypeError('too late for an answer');
  },
  hangs: forever,
  endsLate: async ({ lateMs }, context) => {
    await sleep(context.getRemainingTimeInMillis() + lateMs);
    return 'nobody waits for this';
  },
  blocks: () => {
    for (;;);
  },
  exits: async ({ code, waitMs }) => {
    if (waitMs > 0) await sleep(waitMs);
    process.exit(code);
  },
  exitsNear: async ({ code, leftMs }, context) => {
    await untilLeft(context, leftMs);
    process.exit(code);
  },
  answersAndExits: async ({ turns }) => {
    const calls = called;
    void (async () => {
      for (let left = turns; left > 0; left -= 1) await turn();
      // A freeze may have come between.
      if (calls === called) process.exit(1);
    })();
    return 'the last words';
  },
  throwsElsewhere: async () => {
    setTimeout(() => {
      throw new RangeError('out of nowhere');
    }, 10);
    await forever();
  },
  rejectsElsewhere: async () => {
    setTimeout(() => void Promise.reject(new TypeError('nobody listens')), 10);
    await forever();
  },
  runsOutOfMemory: async () => {
    await sleep(10);
    const hoard = [];
    for (;;) hoard.push(new Array(100_000).fill(hoard.length));
  },
  isKilled: async () => {
    await sleep(10);
    process.kill(process.pid, 'SIGKILL');
    await forever();
  },
};

const note = (what, event, context) => {
  if (!notes) return;
  const atMs = timeOrigin + performance.now();
  const line = { what, id: context.awsRequestId, attempt: event.attempt, way: event.way, atMs };
  writeSync(notes, `${JSON.stringify(line)}\n`);
};

const run = async (event, context) => {
  const response = await ways[event.way](event, context);
  note('answers', event, context);
  return response;
};

export const handle = (event, context) => {
  called += 1;
  note('begins', event, context);
  return run(event, context).catch((error) => {
    note('throws', event, context);
    throw error;
  });
};

/** The same as a stream: its first words leave before the way is taken. */
export const stream = async (event, responseStream, context) => {
  called += 1;
  note('begins', event, context);
  try {
    if (event.firstWords) responseStream.write(event.firstWords);
    const response = await ways[event.way](event, context);
    note('answers', event, context);
    responseStream.write(typeof response === 'string' ? response : JSON.stringify(response));
    responseStream.end();
  } catch (error) {
    note('throws', event, context);
    throw error;
  }
};

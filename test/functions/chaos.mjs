// Ways of a run to go, chosen by the event, in a process whose wall clock jumps between events as
// it does over a freeze.
import { openSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { withTaskReporter } from 'xpander-lambda';

const { CLOCK_FILE, BEGUN_FILE } = process.env;

if (CLOCK_FILE) {
  const clock = openSync(CLOCK_FILE);
  const ahead = Buffer.alloc(8);
  const systemNow = Date.now;
  Date.now = () => {
    readSync(clock, ahead, 0, 8, 0);
    return systemNow() + ahead.readDoubleLE();
  };
}
const begun = BEGUN_FILE && openSync(BEGUN_FILE, 'a');

let called = 0;

const forever = () => new Promise((resolve) => setTimeout(resolve, 60_000));

const ways = {
  answers: async ({ text = 'here I am' }) => text,
  answersLate: async ({ waitMs }) => {
    await sleep(waitMs);
    return 'just in time';
  },
  answersLong: async ({ bytes }) => 'x'.repeat(bytes),
  refuses: async () => ({ statusCode: 503, body: 'no model is free' }),
  throws: async () => {
    throw new RangeError('no answer');
  },
  throwsLater: async ({ waitMs }) => {
    await sleep(waitMs);
    throw new TypeError('no answer either');
  },
  hangs: forever,
  blocks: () => {
    for (;;);
  },
  exits: async ({ code, waitMs }) => {
    if (waitMs > 0) await sleep(waitMs);
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

const choose = (event) => ways[event.way](event);
const reported = withTaskReporter(async (event) => choose(event));

export const handler = (event, context) => {
  called += 1;
  // Nobody can report a run whose process ends before its handler is called.
  if (begun) writeSync(begun, `${context.awsRequestId}\n`);
  return reported(event, context);
};

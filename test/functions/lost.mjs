// Ways of a run to end without an answer, chosen by the event.
import { setTimeout as sleep } from 'node:timers/promises';
import { currentTask, withTaskReporter } from 'xpander-lambda';

const ways = {
  answers: async () => 'here I am',
  rejects: async () => {
    throw new RangeError('no answer');
  },
  exitsAtOnce: () => process.exit(3),
  exits: async () => {
    await sleep(20);
    process.exit(0);
  },
  exitsLate: async () => {
    currentTask().addTool('search');
    currentTask().addTokens({ promptTokens: 12, completionTokens: 3 });
    await sleep(1_500);
    process.exit(3);
  },
  throwsElsewhere: async () => {
    setTimeout(() => {
      throw new RangeError('out of nowhere');
    }, 10);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  rejectsElsewhere: async () => {
    setTimeout(() => void Promise.reject(new TypeError('nobody listens')), 10);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  runsOutOfMemory: async () => {
    await sleep(10);
    const hoard = [];
    for (;;) hoard.push(new Array(100_000).fill(hoard.length));
  },
  isKilled: async () => {
    await sleep(20);
    process.kill(process.pid, 'SIGKILL');
    await sleep(60_000);
  },
  blocks: () => {
    for (;;);
  },
  hangs: async () => {
    currentTask().addTool('search');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  isSlow: async (event) => {
    await sleep(event.waitMs);
    return 'just in time';
  },
  neverSettles: () => new Promise(() => {}),
};

const choose = (event) => ways[event.way](event);

export const bare = async (event) => choose(event);
export const wrapped = withTaskReporter(async (event) => choose(event));

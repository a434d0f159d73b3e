// What the agents of this folder do, chosen by the event, and without a reporter.
import { setTimeout as sleep } from 'node:timers/promises';

const answers = {
  answer: async (event) => `answer to ${event.question}`,
  fail: async () => {
    await sleep(1);
    throw new RangeError('no tokens left');
  },
  exit: async () => {
    await sleep(1);
    process.exit(3);
  },
  hang: () => new Promise(() => setInterval(() => {}, 1_000)),
  loseNext: async () => {
    globalThis.loseNext();
    return 'lost';
  },
};

export const answer = (event) => answers[event.do ?? 'answer'](event);

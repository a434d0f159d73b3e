// Several events at once, each of which waits until all that it counts on are there.

import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

let running = 0;
let most = 0;

export const handler = async ({ ms = 0, fail, text }, { awsRequestId }) => {
  running += 1;
  most = Math.max(most, running);
  await sleep(ms);
  console.log(`working on ${awsRequestId}`);
  running -= 1;
  if (fail) throw new RangeError('as the event asked');
  return { awsRequestId, text, most, threadId };
};

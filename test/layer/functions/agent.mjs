// Handlers that know nothing of a layer; some use the package for themselves.
import { setTimeout as sleep } from 'node:timers/promises';
import middy from 'middy7';
import { currentTask, taskReporter, withTaskReporter } from 'xpander-lambda';

export const plain = async (event) => {
  if (event.fails) throw new RangeError('no tokens left');
  if (event.exits) process.exit(3);
  while (event.blocks);
  await sleep(5);
  return `answer to ${event.question}`;
};

export const speaking = async (event) => {
  if (event.exits) process.exit(3);
  await sleep(5);
  currentTask().addTool('web_search');
  currentTask().addTokens({ promptTokens: 12, completionTokens: 3 });
  return `answer to ${event.question}`;
};

const inCode = { agentId: 'agent-in-code', input: (event) => event.question };

export const wrapped = withTaskReporter(speaking, inCode);

export const middyStack = middy().use(taskReporter(inCode)).handler(speaking);

// A hook in front of the reporter may answer before it has heard of the run.
export const cached = middy()
  .use({ before: (request) => (request.event.isCached ? 'from the cache' : undefined) })
  .use(taskReporter(inCode))
  .handler(speaking);

export const sameAgent = withTaskReporter(speaking);

// Ways to write a function so that its reports leave after the response. Bundled, it is CommonJS.
import { setTimeout as sleep } from 'node:timers/promises';
import middy from 'middy7';
import { currentTask, taskReporter, withTaskReporter } from 'xpander-lambda';

const answer = async (event) => {
  currentTask().addTool('search');
  if (event.waitMs) await sleep(event.waitMs);
  if (event.fails) throw new Error('no answer');
  return `answer to ${event.question}`;
};

export const bare = async (event) => `answer to ${event.question}`;
export const wrapped = withTaskReporter(answer);
export const reportedByMiddy = middy().use(taskReporter()).handler(answer);

// Two reporters of two agents around one handler.
export const twice = withTaskReporter(withTaskReporter(answer, { agentId: 'agent-456' }));

// The response leaves while the handler's own timer still runs.
export const leavesTimer = withTaskReporter(async (event) => {
  setTimeout(() => {}, 20_000).unref();
  return answer(event);
});

// Begins its reported part long after Lambda's event.
export const beginsLate = async (event, context) => {
  await sleep(300);
  return wrapped(event, context);
};

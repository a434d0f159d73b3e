// Many invocations at once, interleaved at random, each with tokens and tools of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { currentTask, withTaskReporter } from 'xpander-lambda';

export const handler = withTaskReporter(async ({ number }) => {
  for (let step = 0; step < 5; step += 1) {
    await sleep(Math.random() * 20);
    currentTask().addTokens({ promptTokens: number, completionTokens: 1 });
    currentTask().addTool(`tool-${number}-${step}`);
  }
  if (number % 8 === 0) throw new Error(`run ${number}`);
  return `answer ${number}`;
});

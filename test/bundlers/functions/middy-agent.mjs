import middy from '@middy/core';
import { currentTask, taskReporter } from 'xpander-lambda';

export const handler = middy()
  .use(taskReporter())
  .handler(async ({ question }) => {
    currentTask().addTool('search');
    return `answer to ${question}`;
  });

import { currentTask, withTaskReporter } from 'xpander-lambda';

export const handler = withTaskReporter(async ({ question }) => {
  currentTask().addTool('search');
  return `answer to ${question}`;
});

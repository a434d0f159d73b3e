// A reporter made inside the first invocation, when Lambda takes no extension any more.
import { withTaskReporter } from 'xpander-lambda';

let late;
export const handler = (event, context) => {
  late ??= withTaskReporter(async ({ question }) => `answer to ${question}`);
  return late(event, context);
};

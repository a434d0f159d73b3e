// A reporter made inside the first invocation, with the extension registered at the start.
import 'xpander-lambda/after-response';
import { withTaskReporter } from 'xpander-lambda';

let late;
export const handler = (event, context) => {
  late ??= withTaskReporter(async ({ question }) => `answer to ${question}`);
  return late(event, context);
};

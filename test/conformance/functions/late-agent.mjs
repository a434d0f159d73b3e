import { withTaskReporter } from 'xpander-lambda';
import { answer } from './answers.mjs';

// The reporter comes into being when Lambda takes no registration any more.
let reporting;
export const wrapped = (event, context) => {
  reporting ??= withTaskReporter(answer);
  return reporting(event, context);
};

import middy from 'middy7';
import { taskReporter, withTaskReporter } from 'xpander-lambda';
import { answer } from './answers.mjs';

export const bare = answer;
export const wrapped = withTaskReporter(answer);
export const middleware = middy(answer).use(taskReporter());

// The middleware, as the README shows it.
import middy from 'middy7';
import { taskReporter } from 'xpander-lambda';
import { answer } from './work.mjs';

export const handler = middy().use(taskReporter()).handler(answer);

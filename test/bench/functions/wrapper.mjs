// The wrapper, as the README shows it.
import { withTaskReporter } from 'xpander-lambda';
import { answer } from './work.mjs';

export const handler = withTaskReporter(answer);

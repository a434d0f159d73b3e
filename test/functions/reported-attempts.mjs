import { withTaskReporter } from 'xpander-lambda';
import { handler as bare } from './attempts.mjs';

export const handler = withTaskReporter(bare);

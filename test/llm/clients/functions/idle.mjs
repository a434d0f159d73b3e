/** A function that calls no LLM, for the benchmark. */
import '../../../../dist/after-response.js';
import { withTaskReporter } from '../../../../dist/index.js';

export const handler = withTaskReporter(async () => 'done');

/** The same with options of the reporter. */
import { withTaskReporter } from '../../../../dist/index.js';
import { handler } from './bare.mjs';

export const hosts = withTaskReporter(handler, { llmHosts: ['127.0.0.1'] });
export const otherHosts = withTaskReporter(handler, {
  llmHosts: ['llm.example.com', '127.0.0.1:1'],
});
export const off = withTaskReporter(handler, { llmTaps: false });

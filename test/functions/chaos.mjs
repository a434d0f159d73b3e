// The ways of `chaos-ways.mjs` with the reporter in the code.
import { withTaskReporter } from 'xpander-lambda';
import { handle, stream } from './chaos-ways.mjs';

export const handler = withTaskReporter(handle);
export const streaming = withTaskReporter(globalThis.awslambda.streamifyResponse(stream));

// The ways of `chaos-ways.mjs` in a function that knows nothing of a reporter.
import { handle, stream } from './chaos-ways.mjs';

export const handler = (event, context) => handle(event, context);
export const streaming = globalThis.awslambda.streamifyResponse(stream);

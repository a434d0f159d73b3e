/** Handlers `(event, stream, context) => …`. */
import type { Ending } from './ending.ts';
import { type Family, handlersOf } from './family.ts';
import { count, layer, wrapper } from './modules.ts';

export function streamsFamily(name: string, endings: readonly Ending[]): Family {
  return {
    name,
    endings,
    files: {
      'handlers.mjs': `import { setTimeout as sleep } from 'node:timers/promises';
${count}
const handlers = ${handlersOf(endings, "async (event, stream) => { stream.end('harmless'); }")};
const choose = (event, stream, context) => handlers[event.way](event, stream, context);
export const streamed = awslambda.streamifyResponse(choose);
`,
      'bare.mjs': `export { streamed as handler } from './handlers.mjs';`,
      'wrapped.mjs': `import { withTaskReporter } from 'xpander-lambda';
import { streamed } from './handlers.mjs';
export const handler = withTaskReporter(streamed);
`,
    },
    attachments: [wrapper, layer],
  };
}

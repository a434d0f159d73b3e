/** Streaming stacks of Middy: functions of `reporter`, as those of `stacks-family.ts`. */
import type { Ending } from './ending.ts';
import { type Family, handlersOf } from './family.ts';
import { handlersOfStacks, layer, wrapper } from './modules.ts';

export function streamingStacksFamily(name: string, endings: readonly Ending[]): Family {
  return {
    name,
    endings,
    files: {
      'stacks.mjs': `import { Readable } from 'node:stream';
import middy6 from 'middy6';
import middy from 'middy7';
import { executionModeStreamifyResponse } from 'middy7/StreamifyResponse';
const makers = ${handlersOf(endings, "() => async (event, stream) => { stream.end('harmless'); }")};
export const make = (reporter) => {
  const stacks = Object.fromEntries(Object.entries(makers).map(([way, maker]) => [way, maker(reporter)]));
  return awslambda.streamifyResponse((event, stream, context) => stacks[event.way](event, stream, context));
};
`,
      ...handlersOfStacks,
    },
    attachments: [wrapper, { name: 'middleware', bare: 'bare', reported: 'reported' }, layer],
  };
}

/** Stacks of Middy: functions of `reporter`, which makes the middleware or one that does nothing. */
import type { Ending } from './ending.ts';
import { type Family, handlersOf } from './family.ts';
import { currentTask, handlersOfStacks, layer, wrapper } from './modules.ts';

const prelude = `import { setTimeout as sleep } from 'node:timers/promises';
import middy from 'middy7';
import httpErrorHandler from '@middy/http-error-handler';
import httpRouter from '@middy/http-router';
import { currentTask } from './current-task.mjs';
`;

export function stacksFamily(name: string, endings: readonly Ending[]): Family {
  return {
    name,
    endings,
    files: {
      'current-task.mjs': currentTask,
      'stacks.mjs': `${prelude}const makers = ${handlersOf(endings, "() => async () => 'harmless'")};
export const make = (reporter) => {
  const stacks = Object.fromEntries(Object.entries(makers).map(([way, maker]) => [way, maker(reporter)]));
  return (event, context) => stacks[event.way](event, context);
};
`,
      ...handlersOfStacks,
      'reported-in-band.mjs': `import { taskReporter } from 'xpander-lambda';
import { make } from './stacks.mjs';
export const handler = make(() => taskReporter({ delivery: 'in-band' }));
`,
    },
    attachments: [
      wrapper,
      { name: 'middleware', bare: 'bare', reported: 'reported' },
      { name: 'middleware in-band', bare: 'bare', reported: 'reported-in-band' },
      layer,
    ],
  };
}

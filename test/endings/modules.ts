/** Modules that several families have. */
import type { Attachment } from './family.ts';

/** Middleware that does nothing: of any, Middy has turns of the event loop, which show in stacks. */
export const idle = '{ before: () => {}, after: () => {}, onError: () => {} }';

/** `currentTask()` also where there is no reporter, for functions that are called bare. */
export const currentTask: string = `const isReported = process.env.XPANDER_AGENT_ID !== undefined;
const task = { id: undefined, addTool() {}, addTokens() {}, recordLlmResponse() {}, tool: (_, call) => call() };
export const { currentTask } = isReported ? await import('xpander-lambda') : { currentTask: () => task };
`;

/** Notes in the log that something was called or read. */
export const count = "const count = (what) => console.log('COUNT ' + what);";

export const layer: Attachment = { name: 'layer', bare: 'bare', reported: 'bare', isLayer: true };
export const wrapper: Attachment = { name: 'wrapper', bare: 'bare', reported: 'wrapped' };

/** Handlers of what `make` in `stacks.mjs` makes with a middleware. */
export const handlersOfStacks = {
  'bare.mjs': `import { make } from './stacks.mjs';
export const handler = make(() => (${idle}));
`,
  'wrapped.mjs': `import { withTaskReporter } from 'xpander-lambda';
import { make } from './stacks.mjs';
export const handler = withTaskReporter(make(() => (${idle})));
`,
  'reported.mjs': `import { taskReporter } from 'xpander-lambda';
import { make } from './stacks.mjs';
export const handler = make(() => taskReporter());
`,
};

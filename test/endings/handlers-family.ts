/** Handlers `(event, context) => …`, plain and as base handlers of Middy. */
import type { Ending } from './ending.ts';
import { type Family, handlersOf } from './family.ts';

const prelude = `import { setTimeout as sleep } from 'node:timers/promises';
import { currentTask } from './current-task.mjs';
const count = (what) => console.log('COUNT ' + what);
class ApiPromise extends Promise {
  constructor(client, response) { super((resolve) => resolve(null)); this.client = client; this.response = response; }
  then(fulfilled, rejected) { return this.response.then(fulfilled, rejected); }
  catch(rejected) { return this.response.catch(rejected); }
  finally(settled) { return this.response.finally(settled); }
  async withResponse() { return { data: await this.response, client: this.client }; }
}
class Lazy extends Promise {
  constructor(start) { super((resolve) => resolve()); this.start = start; }
  then(fulfilled, rejected) { this.started ??= new Promise(this.start); return this.started.then(fulfilled, rejected); }
  catch(rejected) { return this.then(undefined, rejected); }
}
class Plus extends Promise { then(fulfilled, rejected) { return super.then((value) => fulfilled(value + '!'), rejected); } }
`;

/** What a function has without the package. */
const noTask = `{ id: undefined, addTool() {}, addTokens() {}, recordLlmResponse() {}, tool: (_, call) => call() }`;

/** Of any middleware Middy has turns of the event loop, which show in stacks. */
export const idle = '{ before: () => {}, after: () => {}, onError: () => {} }';

export function handlersFamily(name: string, endings: readonly Ending[]): Family {
  return {
    name,
    endings,
    files: {
      'current-task.mjs': `const isReported = process.env.XPANDER_AGENT_ID !== undefined;
const task = ${noTask};
export const { currentTask } = isReported ? await import('xpander-lambda') : { currentTask: () => task };
`,
      'handlers.mjs': `${prelude}const handlers = ${handlersOf(endings, "async () => 'harmless'")};
export const choose = (event, context) => handlers[event.way](event, context);
`,
      'bare.mjs': `export { choose as handler } from './handlers.mjs';`,
      'wrapped.mjs': `import { withTaskReporter } from 'xpander-lambda';
import { choose } from './handlers.mjs';
export const handler = withTaskReporter(choose);
`,
      'middy-bare.mjs': `import middy from 'middy7';
import { choose } from './handlers.mjs';
export const handler = middy({ timeoutEarlyInMillis: 0 }).use(${idle}).handler(choose);
`,
      'middy.mjs': `import middy from 'middy7';
import { taskReporter } from 'xpander-lambda';
import { choose } from './handlers.mjs';
export const handler = middy({ timeoutEarlyInMillis: 0 }).use(taskReporter()).handler(choose);
`,
    },
    attachments: [
      { name: 'wrapper', bare: 'bare', reported: 'wrapped' },
      { name: 'middleware', bare: 'middy-bare', reported: 'middy' },
      { name: 'layer', bare: 'bare', reported: 'bare', isLayer: true },
    ],
  };
}

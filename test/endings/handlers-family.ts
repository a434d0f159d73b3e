/** Handlers `(event, context) => …`, plain and as base handlers of Middy. */
import type { Ending } from './ending.ts';
import { type Family, handlersOf } from './family.ts';
import { count, currentTask, idle, layer, wrapper } from './modules.ts';

const prelude = `import { setTimeout as sleep } from 'node:timers/promises';
import { currentTask } from './current-task.mjs';
${count}
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

/** @param atLoad - statements of the module */
export function handlersFamily(name: string, endings: readonly Ending[], atLoad = ''): Family {
  return {
    name,
    endings,
    files: {
      'current-task.mjs': currentTask,
      'handlers.mjs': `${prelude}${atLoad}
const handlers = ${handlersOf(endings, "async () => 'harmless'")};
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
    attachments: [wrapper, { name: 'middleware', bare: 'middy-bare', reported: 'middy' }, layer],
  };
}

/** The handler that Lambda's runtime calls: it calls the function's own handler and reports its tasks. */

import {
  filterFramesOfFolder,
  type PlainHandler,
} from '../src/adapters/stack-frames/stack-frame-filter.ts';
import { wrapHandler } from '../src/adapters/wrap-handler.ts';
import { createLog } from '../src/base/log.ts';
import { createReporter } from '../src/reporter/reporter.ts';
import { reportLoadError } from '../src/sentinel/client/report-load-error.ts';
import { prepareRemoveLayer } from './load-error.ts';
import { loadHandler } from './load-handler.ts';
import { takeHandlerName } from './original-handler.ts';

// Must run before the first `await`, while the runtime client is on the stack.
const layer = new URL('.', import.meta.url);
const removeLayer = prepareRemoveLayer(layer);
filterFramesOfFolder(layer.href);

export const handler: PlainHandler = withReporter(await load());

async function load(): Promise<PlainHandler> {
  try {
    return await loadHandler(takeHandlerName(process.env), process.env, removeLayer);
  } catch (error) {
    // The runtime reports the error to Lambda like any error during init.
    removeLayer(error);
    // The sentinel finds out which invocation it belongs to. Throwing the error matters more.
    await reportLoadError(process.env, error).catch(() => undefined);
    throw error;
  }
}

function withReporter(original: PlainHandler): PlainHandler {
  try {
    const reporter = createReporter({}, { yieldsToInner: true });
    return reporter ? wrapHandler(original, reporter) : original;
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    createLog('warn').error(`the function is not reported because of an internal error: ${what}`);
    return original;
  }
}

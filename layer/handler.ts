/**
 * The handler that Lambda's runtime calls in place of the function's own. It calls that one, and
 * reports its runs; what the runtime and the caller see is what they see without it.
 */

import {
  filterFramesOfFolder,
  type PlainHandler,
} from '../src/adapters/stack-frames/stack-frame-filter.ts';
import { wrapHandler } from '../src/adapters/wrap-handler.ts';
import { createLog } from '../src/base/log.ts';
import { createReporter } from '../src/reporter/reporter.ts';
import { reportLoadError } from '../src/sentinel/client/report-load-error.ts';
import { prepareToHide } from './load-error.ts';
import { loadHandler } from './load-handler.ts';
import { takeHandlerName } from './original-handler.ts';

// Before anything is awaited: the runtime client is still on the stack.
const layer = new URL('.', import.meta.url);
const hideLayer = prepareToHide(layer);
filterFramesOfFolder(layer.href);

export const handler: PlainHandler = reported(await load());

async function load(): Promise<PlainHandler> {
  try {
    return await loadHandler(takeHandlerName(process.env), process.env, hideLayer);
  } catch (error) {
    // The runtime tells Lambda of it as of any module that does not load.
    hideLayer(error);
    // Nobody in this process knows of which invocation the error is, and that error matters most.
    await reportLoadError(process.env, error).catch(() => undefined);
    throw error;
  }
}

function reported(original: PlainHandler): PlainHandler {
  try {
    const reporter = createReporter({}, { yieldsToInner: true });
    return reporter ? wrapHandler(original, reporter) : original;
  } catch (fault) {
    const what = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
    createLog('warn').error(`the function is not reported because of a fault in here: ${what}`);
    return original;
  }
}

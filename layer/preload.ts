/**
 * Loaded after everything that the function's `NODE_OPTIONS` load, and before the runtime client:
 * names our handler in place of the one that is named by then. What is loaded before, other
 * vendors' instrumentation, sees the name that it sees without the layer, and may change it.
 */
import { isMainThread } from 'node:worker_threads';
import { nameOurHandler } from './handler-names.ts';

const { env, execArgv } = process;
// On Managed Instances the main thread calls no handler: its workers load this again.
if (!(isMainThread && env['AWS_LAMBDA_MAX_CONCURRENCY'] !== undefined)) {
  nameOurHandler(env);
  // Processes and workers that the function starts are none of our business.
  const own = execArgv.indexOf(import.meta.filename);
  if (execArgv[own - 1] === '--import') execArgv.splice(own - 1, 2);
}

/**
 * Loaded after everything that the function's `NODE_OPTIONS` load, and before the runtime client:
 * names our handler in place of the one that is named by then. What is loaded before, other
 * vendors' instrumentation, sees the name that it sees without the layer, and may change it.
 *
 * Worker threads of the function load it as well, so it imports nothing.
 */
const { env, execArgv } = process;
const ours = env['XPANDER_LAMBDA_LAYER'];
const called = env['_HANDLER'];

// On Managed Instances the main thread calls no handler: its workers load this again.
if (env['AWS_LAMBDA_MAX_CONCURRENCY'] === undefined || !isMainThread()) {
  if (ours && called && called !== ours) {
    env['XPANDER_LAMBDA_HANDLER'] = called;
    env['_HANDLER'] = ours;
  }
  // Processes and workers that the function starts are none of our business.
  const own = execArgv.indexOf(import.meta.filename);
  if (execArgv[own - 1] === '--import') execArgv.splice(own - 1, 2);
}

function isMainThread(): boolean {
  return process.getBuiltinModule('node:worker_threads').isMainThread;
}

/**
 * Replaces the handler's name by ours. Node.js loads this module after the preloads of `NODE_OPTIONS`
 * and before the runtime client, so that other vendors' instrumentation sees the original name and
 * may change it.
 *
 * The function's worker threads load it too, so it imports nothing.
 */
const { env, execArgv } = process;
const ours = env['XPANDER_LAMBDA_LAYER'];
const original = env['_HANDLER'];

// On Managed Instances the main thread calls no handler. Its workers load this module again.
if (env['AWS_LAMBDA_MAX_CONCURRENCY'] === undefined || !isMainThread()) {
  if (ours && original && original !== ours) {
    env['XPANDER_LAMBDA_HANDLER'] = original;
    env['_HANDLER'] = ours;
  }
  // Child processes and workers of the function must not load this module.
  const index = execArgv.indexOf(import.meta.filename);
  if (execArgv[index - 1] === '--import') execArgv.splice(index - 1, 2);
}

function isMainThread(): boolean {
  return process.getBuiltinModule('node:worker_threads').isMainThread;
}

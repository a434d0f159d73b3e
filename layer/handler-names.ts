/** Which handler the runtime client is told to call, and which one it would have called. */

/** Our handler, as the exec wrapper names it. */
const ours = 'XPANDER_LAMBDA_LAYER';
/** The function's own, while ours stands in its place. */
const original = 'XPANDER_LAMBDA_HANDLER';
/** What the runtime client reads. */
const called = '_HANDLER';

/** Has the runtime client call ours, once, in a process that the exec wrapper has started. */
export function nameOurHandler(environment: NodeJS.ProcessEnv): void {
  if (!environment[ours] || !environment[called] || environment[called] === environment[ours]) {
    return;
  }
  environment[original] = environment[called];
  environment[called] = environment[ours];
}

/**
 * The name of the function's own handler. The environment is from then on as without the layer.
 *
 * @throws Error when the function was not started by the exec wrapper
 */
export function takeHandlerName(environment: NodeJS.ProcessEnv): string {
  const name = environment[original];
  if (name === undefined) {
    throw new Error(
      '[xpander-lambda] the handler of the layer is started by its exec-wrapper only: set AWS_LAMBDA_EXEC_WRAPPER, and leave the handler of the function as it was.',
    );
  }
  if (environment[called] === environment[ours]) environment[called] = name;
  delete environment[ours];
  delete environment[original];
  return name;
}

/** The name of the function's own handler, while ours stands in its place. */

/** Our handler, as the exec wrapper names it. */
const ours = 'XPANDER_LAMBDA_LAYER';
/** The function's own, as the preload or the exec wrapper has found it. */
const original = 'XPANDER_LAMBDA_HANDLER';
/** What the runtime client reads. */
const called = '_HANDLER';

/**
 * Takes the name out of the environment, which from then on is as without the layer.
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

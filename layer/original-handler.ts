/** The variables that hold handler names while the layer's handler replaces the function's own. */

/** Name of the layer's handler, set by the exec wrapper. */
const layerHandler = 'XPANDER_LAMBDA_LAYER';
/** Name of the function's own handler, set by the preload or the exec wrapper. */
const originalHandler = 'XPANDER_LAMBDA_HANDLER';
/** Name that the runtime client reads. */
const calledHandler = '_HANDLER';

/**
 * Returns the name of the function's own handler and restores the environment as it is without the
 * layer.
 *
 * @throws Error if the exec wrapper has not started the function
 */
export function takeHandlerName(environment: NodeJS.ProcessEnv): string {
  const name = environment[originalHandler];
  if (name === undefined) {
    throw new Error(
      "[xpander-lambda] the layer's handler must be started by its exec wrapper: set AWS_LAMBDA_EXEC_WRAPPER to /opt/xpander-lambda/exec-wrapper and keep the function's own handler.",
    );
  }
  if (environment[calledHandler] === environment[layerHandler]) environment[calledHandler] = name;
  delete environment[layerHandler];
  delete environment[originalHandler];
  return name;
}

/** Names the function's own handler, as it was before the exec wrapper put ours in its place. */

/** Set by the exec wrapper; the function's code is not to see it. */
const variable = 'XPANDER_LAMBDA_HANDLER';

/**
 * Takes the name out of the environment, which from then on is as it is without the layer.
 *
 * @throws Error when nobody has set it
 */
export function takeHandlerName(environment: NodeJS.ProcessEnv): string {
  const name = environment[variable];
  if (name === undefined) {
    throw new Error(
      `[xpander-lambda] ${variable} is not set: start the function through the layer's exec-wrapper (AWS_LAMBDA_EXEC_WRAPPER).`,
    );
  }
  delete environment[variable];
  // A wrapper that was started after ours may have named its own.
  if (environment['_HANDLER']?.endsWith('/handler.handler')) environment['_HANDLER'] = name;
  return name;
}

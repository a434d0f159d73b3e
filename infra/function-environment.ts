import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** Path of the reporter layer's exec wrapper. */
export const wrapperPath = '/opt/xpander-lambda/exec-wrapper';

export const wrapperVariable = 'AWS_LAMBDA_EXEC_WRAPPER';
export const nextWrapperVariable = 'XPANDER_NEXT_EXEC_WRAPPER';

/** Environment variables by name. Values may be tokens. */
export type Variables = Readonly<Record<string, unknown>>;

/** The variables that other code sets on a function, before or after it is instrumented. */
export interface ExistingVariables {
  /** Resolved for the template; undefined if the whole environment is an expression. */
  readonly resolved: () => Variables | undefined;
}

/**
 * Adds variables to a function and chains its exec wrapper after ours. This happens at synth, so
 * that it includes variables that are set later.
 */
export function extendEnvironment(fn: LambdaFunction, added: Variables): ExistingVariables {
  const resource = resourceOf(fn);
  const existing = resource.environment;
  resource.environment = Lazy.uncachedAny({
    produce: (context) => {
      const variables = variablesIn(context.resolve(existing));
      return variables === undefined
        ? existing
        : { variables: withWrapper({ ...variables, ...added }) };
    },
  });
  return { resolved: () => variablesIn(Stack.of(fn).resolve(existing)) };
}

/** The CloudFormation resource of a function. */
export function resourceOf(fn: LambdaFunction): CfnFunction {
  const resource = fn.node.defaultChild;
  if (resource instanceof CfnFunction) return resource;
  throw new Error(`${fn.node.path} has no resource of type AWS::Lambda::Function.`);
}

/** Whether a variable is set; the reporter treats an empty one as not set. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function withWrapper(variables: Variables): Variables {
  const wrapper = variables[wrapperVariable];
  const next = isSet(wrapper) && wrapper !== wrapperPath ? { [nextWrapperVariable]: wrapper } : {};
  return { ...variables, [wrapperVariable]: wrapperPath, ...next };
}

/** The property is called `variables` in CDK and `Variables` in a template. */
function variablesIn(environment: unknown): Variables | undefined {
  const given = Object(environment);
  if (Object.keys(given).length === 0) return {};
  const found: unknown = given.variables ?? given.Variables;
  // A name with colons is an intrinsic function of CloudFormation, such as `Fn::If`.
  const isExpression = Object.keys(Object(found)).some((name) => name.includes('::'));
  return found === undefined || isExpression ? undefined : Object(found);
}

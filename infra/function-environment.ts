import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** Where the exec wrapper of the reporter layer lies. */
export const wrapperPath = '/opt/xpander-lambda/exec-wrapper';

export const wrapperVariable = 'AWS_LAMBDA_EXEC_WRAPPER';
export const nextWrapperVariable = 'XPANDER_NEXT_EXEC_WRAPPER';

/** Variables as the function has them, or will have them. */
export type Variables = Readonly<Record<string, unknown>>;

/** The variables that others give a function, whenever they do. */
export interface OwnVariables {
  /** With references as the template shows them; undefined if they are an expression as a whole. */
  readonly resolved: () => Variables | undefined;
}

/**
 * Adds variables to those of the function, and puts our exec wrapper in front of its own. That
 * happens when the template is written, so that it counts what is set on the function until then.
 */
export function extendEnvironment(fn: LambdaFunction, added: Variables): OwnVariables {
  const resource = resourceOf(fn);
  const own = resource.environment;
  resource.environment = Lazy.uncachedAny({
    produce: (context) => {
      const variables = variablesIn(context.resolve(own));
      return variables === undefined ? own : { variables: withWrapper({ ...variables, ...added }) };
    },
  });
  return { resolved: () => variablesIn(Stack.of(fn).resolve(own)) };
}

/** The resource behind a function. */
export function resourceOf(fn: LambdaFunction): CfnFunction {
  const resource = fn.node.defaultChild;
  if (resource instanceof CfnFunction) return resource;
  throw new Error(`${fn.node.path} has no resource of the type AWS::Lambda::Function.`);
}

/** Whether a variable counts as given: the reporter takes an empty one for none. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function withWrapper(variables: Variables): Variables {
  const wrapper = variables[wrapperVariable];
  const next =
    isGiven(wrapper) && wrapper !== wrapperPath ? { [nextWrapperVariable]: wrapper } : {};
  return { ...variables, [wrapperVariable]: wrapperPath, ...next };
}

/** Of the property's form: `variables` before it is written, `Variables` in a template. */
function variablesIn(environment: unknown): Variables | undefined {
  const given = Object(environment);
  if (Object.keys(given).length === 0) return {};
  const found: unknown = given.variables ?? given.Variables;
  // Names have no colons: one with them is a function of CloudFormation in their place.
  const isExpression = Object.keys(Object(found)).some((name) => name.includes('::'));
  return found === undefined || isExpression ? undefined : Object(found);
}

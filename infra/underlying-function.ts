import { CfnResource } from 'aws-cdk-lib';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * The function that a construct stands for: itself, the one behind an alias, a version or a
 * singleton. Undefined where the app does not define it.
 */
export function functionBehind(given: IFunction): LambdaFunction | undefined {
  if (given instanceof LambdaFunction) return given;
  if ('lambda' in given && isFunction(given.lambda)) return functionBehind(given.lambda);
  const resource = given.permissionsNode?.defaultChild;
  const owner = CfnResource.isCfnResource(resource) ? resource.node.scope : undefined;
  return owner instanceof LambdaFunction ? owner : undefined;
}

function isFunction(value: unknown): value is IFunction {
  return typeof value === 'object' && value !== null && 'functionArn' in value;
}

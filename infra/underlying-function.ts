import { CfnResource } from 'aws-cdk-lib';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * The function itself, or that of an alias, a version or a singleton; undefined if this app does not
 * define it.
 */
export function underlyingFunction(given: IFunction): LambdaFunction | undefined {
  if (given instanceof LambdaFunction) return given;
  if ('lambda' in given && isFunction(given.lambda)) return underlyingFunction(given.lambda);
  const resource = given.permissionsNode?.defaultChild;
  const owner = CfnResource.isCfnResource(resource) ? resource.node.scope : undefined;
  return owner instanceof LambdaFunction ? owner : undefined;
}

function isFunction(value: unknown): value is IFunction {
  return typeof value === 'object' && value !== null && 'functionArn' in value;
}

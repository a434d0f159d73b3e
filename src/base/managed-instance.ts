/**
 * Whether the function runs on Lambda Managed Instances, which run invocations concurrently and are
 * never frozen. Lambda sets the first variable for the function and the second one for extensions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html
 */
export function isManagedInstance(
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return (
    environment['AWS_LAMBDA_MAX_CONCURRENCY'] !== undefined ||
    environment['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'lambda-managed-instances'
  );
}

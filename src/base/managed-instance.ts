/**
 * Whether a function's process runs on Lambda Managed Instances: it handles many invocations at
 * once, in several workers, and is never frozen.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html
 */
export function isManagedInstance(
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return environment['AWS_LAMBDA_MAX_CONCURRENCY'] !== undefined;
}

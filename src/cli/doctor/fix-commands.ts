/** Builds AWS CLI commands that fix the configuration of a function. */
import { shellQuote } from '../shared/shell-quote.ts';
import type { DeployedFunction } from './deployed-function.ts';

/** Changes settings of the function and waits until the change is active. */
export function updateFunction(fn: DeployedFunction, ...settings: string[]): string {
  return `aws lambda update-function-configuration ${target(fn)} ${settings.join(' ')} && aws lambda wait function-updated-v2 ${target(fn)}`;
}

/**
 * Sets environment variables and removes those that are undefined. Keeps all others, which the AWS
 * CLI alone would replace.
 */
export function setVariables(
  fn: DeployedFunction,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const changes = Object.entries(variables).map(
    ([name, value]) => `${name}: ${value === undefined ? 'undefined' : JSON.stringify(value)}`,
  );
  const script = `const now = JSON.parse(fs.readFileSync(0, "utf8")); JSON.stringify({ Variables: { ...now?.Variables, ${changes.join(', ')} } })`;
  const read = `aws lambda get-function-configuration ${target(fn)} --query Environment --output json`;
  return updateFunction(fn, `--environment "$(${read} | node --print ${shellQuote(script)})"`);
}

/** Allows the function's role one action on one resource. */
export function grantRole(
  fn: DeployedFunction,
  policyName: string,
  action: string,
  resource: string,
): string {
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  };
  const role = fn.roleArn.split('/').at(-1) ?? fn.roleArn;
  return `aws iam put-role-policy --role-name ${shellQuote(role)} --policy-name ${policyName} --policy-document ${shellQuote(JSON.stringify(document))}`;
}

function target({ name, region }: DeployedFunction): string {
  return `--function-name ${shellQuote(name)} --region ${region}`;
}

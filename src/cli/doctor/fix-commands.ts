/** Commands for a shell with the AWS CLI that change a function, or what it needs. */
import type { DeployedFunction } from './deployed-function.ts';

/** Quoted for a POSIX shell where that is needed. */
export function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Changes settings of the function, and waits until the change is in force. */
export function updateFunction(fn: DeployedFunction, ...settings: string[]): string {
  return `aws lambda update-function-configuration ${target(fn)} ${settings.join(' ')} && aws lambda wait function-updated-v2 ${target(fn)}`;
}

/**
 * Sets variables, undefined ones are taken away, and leaves the others as they are: the AWS CLI
 * alone can only replace all of them.
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
  return updateFunction(fn, `--environment "$(${read} | node --print ${quoted(script)})"`);
}

/** Lets the function's role do something with one resource. */
export function allowRole(
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
  return `aws iam put-role-policy --role-name ${quoted(role)} --policy-name ${policyName} --policy-document ${quoted(JSON.stringify(document))}`;
}

function target({ name, region }: DeployedFunction): string {
  return `--function-name ${quoted(name)} --region ${region}`;
}

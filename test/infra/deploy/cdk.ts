/** Runs the cdk command in this repository. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const command = fileURLToPath(new URL('../../../node_modules/aws-cdk/bin/cdk', import.meta.url));

/**
 * @returns its standard output and error output
 * @throws Error when it fails
 */
export async function cdk(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(execPath, [command, ...args], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...environment,
      HOME: process.env['HOME'],
      // The app in cdk.json is run by the Node.js that runs the tests.
      PATH: `${dirname(execPath)}:${process.env['PATH']}`,
      CDK_DISABLE_VERSION_CHECK: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
    },
  });
  return stdout + stderr;
}

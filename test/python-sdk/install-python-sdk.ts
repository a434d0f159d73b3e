import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

// The release whose requests this package reproduces.
const version = '2.0.537';
// `xpander_sdk` imports it without declaring it.
const undeclared = 'agno==2.5.14';
const folder = fileURLToPath(
  new URL(`../../node_modules/.cache/python-sdk-${version}`, import.meta.url),
);

/** A Python that can import the SDK; installed on first use, which takes about half a minute. */
export async function pythonWithSdk(): Promise<string> {
  const python = `${folder}/bin/python`;
  if (existsSync(`${folder}/complete`)) return python;
  await run('python3', ['-m', 'venv', '--clear', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', `xpander-sdk==${version}`, undeclared]);
  await run('touch', [`${folder}/complete`]);
  return python;
}

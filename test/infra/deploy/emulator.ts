/** Runs moto, an AWS emulator, in a child process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Python } from './ensure-python.ts';

export interface Emulator extends AsyncDisposable {
  readonly url: string;
  /** Variables that make AWS SDKs and the cdk command use only the emulator. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export const region = 'eu-central-1';
export const account = '123456789012';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @throws Error if Python has no emulator or the emulator does not start */
export async function startEmulator(python: Python): Promise<Emulator> {
  if (python.kind === 'missing') throw new Error(python.reason);
  const server = spawn(python.python, ['-m', 'emulator.server'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      PYTHONDONTWRITEBYTECODE: '1',
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    },
  });
  const ended = once(server, 'exit');
  let said = '';
  server.stderr.on('data', (text: Buffer) => {
    said = (said + text).slice(-4_000);
  });
  const close = async (): Promise<void> => {
    server.stdin.end();
    await ended;
  };

  const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
  const { value: port, done } = await lines.next();
  if (done === true) throw new Error(`moto did not start: ${said}`);
  const url = `http://127.0.0.1:${port}`;
  return { url, environment: environmentFor(url), close, [Symbol.asyncDispose]: close };
}

function environmentFor(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    // For the template of CloudFormation: moto reads the bucket only from a path-style URL.
    AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: url.replace('127.0.0.1', 'localhost'),
    AWS_REGION: region,
    // The AWS CLI reads this one.
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-secret-access-key',
    // Ignores the AWS settings of the user who runs the tests.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

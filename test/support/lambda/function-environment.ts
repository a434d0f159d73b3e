/** The environment variables and the command line that a managed Node.js runtime starts with. */

import { dirname } from 'node:path';
import type { RuntimeClient } from '../runtime-client/runtime-client.ts';

export interface FunctionConfiguration {
  readonly client: RuntimeClient;
  readonly handler: string;
  readonly taskRoot: string;
  readonly memoryMb: number;
  /** The function's own variables; they win, so that a test can set what Lambda reserves. */
  readonly variables: Readonly<Record<string, string>>;
  /** Flags for Node.js beside those of the runtime. */
  readonly nodeArguments: readonly string[];
  /** Host and port of the platform's APIs. */
  readonly runtimeApi: string;
}

const functionName = 'sample-agent';
const region = 'us-east-1';
export const functionArn: string = `arn:aws:lambda:${region}:123456789012:function:${functionName}`;

export function functionEnvironment(configuration: FunctionConfiguration): Record<string, string> {
  return {
    ...inherited('PATH', 'HOME', 'TMPDIR'),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'sample-access-key-id',
    AWS_SECRET_ACCESS_KEY: 'sample-secret-access-key',
    AWS_SESSION_TOKEN: 'sample-session-token',
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.client.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    AWS_LAMBDA_RUNTIME_API: configuration.runtimeApi,
    LAMBDA_RUNTIME_DIR: dirname(configuration.client.entry),
    LAMBDA_TASK_ROOT: configuration.taskRoot,
    _HANDLER: configuration.handler,
    ...configuration.variables,
  };
}

export function nodeCommandLine(configuration: FunctionConfiguration): string[] {
  return [
    '--expose-gc',
    '--max-http-header-size',
    '81920',
    ...memoryFlags(configuration),
    '--no-experimental-require-module',
    ...configuration.nodeArguments,
    configuration.client.entry,
  ];
}

/** A tenth of the memory for the young generation, in two halves; the rest for the old one. */
function memoryFlags({ memoryMb, variables }: FunctionConfiguration): string[] {
  if (/--max[-_](semi|old)[-_]space[-_]size/.test(variables['NODE_OPTIONS'] ?? '')) return [];
  const young = Math.floor(memoryMb / 10);
  return [
    `--max-semi-space-size=${Math.floor(young / 2)}`,
    `--max-old-space-size=${memoryMb - young}`,
  ];
}

/** Nothing else of this process's variables: a test must not depend on who runs it. */
function inherited(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

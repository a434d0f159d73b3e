/** The environment variables and the command line that a managed Node.js runtime starts with. */

import { tmpdir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import type { RuntimeClient } from '../runtime-client/installed-client.ts';
import type { FunctionIdentity } from './extensions-api.ts';

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
  /** The folder that stands for `/tmp`. @default that of this process */
  readonly tmp?: string;
  /** @default 'on-demand' */
  readonly initializationType?: InitializationType;
  readonly managedInstances?: ManagedInstances | undefined;
  /** The folder that stands for `/opt/extensions`. @default none */
  readonly extensions?: string | undefined;
  /** The folder that stands for `/opt`. @default none */
  readonly opt?: string | undefined;
  /** What runs each process of the environment, in front of its command. @default nothing */
  readonly launcher?: readonly string[] | undefined;
  /** What starts the runtime client, before the handler. @default as AWS's `bootstrap` does */
  readonly entryPoint?: readonly string[] | undefined;
}

/** `invoke`: again after a reset, within the time of an invocation. */
export type InitPhase = 'init' | 'invoke';

export type InitializationType = 'on-demand' | 'provisioned-concurrency';

/** An environment that works on several events at once, in several worker threads. */
export interface ManagedInstances {
  readonly maxConcurrency: number;
  readonly workers: number;
}

const functionName = 'sample-agent';
const functionVersion = '$LATEST';
const region = 'us-east-1';
const accountId = '123456789012';
export const functionArn: string = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;

/** What an extension is told of the function that it registers with. */
export function functionIdentity(handler: string): FunctionIdentity {
  return { functionName, functionVersion, handler, accountId };
}

export function functionEnvironment(configuration: FunctionConfiguration): Record<string, string> {
  return {
    ...platformVariables(configuration),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    LAMBDA_RUNTIME_DIR: dirname(configuration.client.entry),
    LAMBDA_TASK_ROOT: configuration.taskRoot,
    ...runtimeVariables(configuration),
    ...managedVariables(configuration),
    ...ownVariables(configuration),
  };
}

/** An image that starts the runtime client itself is left to say what it needs. */
function runtimeVariables(configuration: FunctionConfiguration): Record<string, string> {
  const { client, entryPoint, handler, opt = '/opt', taskRoot } = configuration;
  if (entryPoint !== undefined) return {};
  const major = client.runtime.replace('js', '').replace('.x', '');
  const ofLayers = [`${opt}/nodejs/${major}/node_modules`, `${opt}/nodejs/node_modules`];
  return {
    AWS_EXECUTION_ENV: `AWS_Lambda_${client.runtime}`,
    _HANDLER: handler,
    // Lambda's own copy of the AWS SDK, in `node_modules` of the runtime's folder, is not here.
    NODE_PATH: [...ofLayers, dirname(client.entry), taskRoot].join(delimiter),
  };
}

function ownVariables({ variables, opt }: FunctionConfiguration): Record<string, string> {
  const entries = Object.entries(variables).map(([name, value]) => [name, inOpt(value, opt)]);
  return Object.fromEntries(entries);
}

/** In Lambda the layers are in `/opt` itself; here nobody but root could put them there. */
function inOpt(text: string, opt = '/opt'): string {
  return text.replaceAll(/(?<=^|[\s:='"]|file:\/\/)\/opt\//g, () => `${opt}/`);
}

/** An external extension sees the function's variables too, but nothing of its runtime. */
export function extensionEnvironment(configuration: FunctionConfiguration): Record<string, string> {
  const variables = { ...platformVariables(configuration), ...ownVariables(configuration) };
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith('_')));
}

function platformVariables(configuration: FunctionConfiguration): Record<string, string> {
  const { HOME, PATH } = process.env;
  return {
    // Nothing else of this process's variables: a test must not depend on who runs it.
    ...(HOME === undefined ? {} : { HOME }),
    // The runtime's Node.js first, as in Lambda, where extensions find it too.
    PATH: [dirname(configuration.client.node), PATH].join(delimiter),
    // Where Lambda has `/tmp` itself.
    TMPDIR: configuration.tmp ?? tmpdir(),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'sample-access-key-id',
    AWS_SECRET_ACCESS_KEY: 'sample-secret-access-key',
    AWS_SESSION_TOKEN: 'sample-session-token',
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: functionVersion,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType(configuration),
    AWS_LAMBDA_RUNTIME_API: configuration.runtimeApi,
  };
}

export function initializationType(configuration: FunctionConfiguration): string {
  if (configuration.managedInstances !== undefined) return 'lambda-managed-instances';
  return configuration.initializationType ?? 'on-demand';
}

/** The command that starts the function's process. */
export function runtimeCommand(configuration: FunctionConfiguration): [string, ...string[]] {
  const { client, entryPoint, handler } = configuration;
  const [first, ...others] = (entryPoint ?? []).map((part) => inOpt(part, configuration.opt));
  if (first !== undefined) return [first, ...others, handler];
  const node: [string, ...string[]] = [client.node, ...nodeCommandLine(configuration)];
  const wrapper = ownVariables(configuration)['AWS_LAMBDA_EXEC_WRAPPER'] ?? '';
  return wrapper === '' ? node : ['/bin/sh', '-c', startWrapper, wrapper, ...node];
}

/** As `bootstrap` does, which is a shell script itself. */
const startWrapper = `
if [ ! -f "$0" ]; then echo "$0: does not exist" >&2; exit 127; fi
if [ ! -x "$0" ]; then echo "$0: is not an executable" >&2; exit 126; fi
exec "$0" "$@"`;

export function nodeCommandLine(configuration: FunctionConfiguration): string[] {
  return [
    '--expose-gc',
    '--max-http-header-size',
    '81920',
    ...memoryFlags(configuration),
    '--no-experimental-require-module',
    ...(configuration.client.runtime === 'nodejs22.x' ? ['--no-experimental-detect-module'] : []),
    ...configuration.nodeArguments,
    configuration.client.entry,
  ];
}

function managedVariables({ managedInstances }: FunctionConfiguration): Record<string, string> {
  if (managedInstances === undefined) return {};
  return {
    AWS_LAMBDA_MAX_CONCURRENCY: String(managedInstances.maxConcurrency),
    AWS_LAMBDA_NODEJS_WORKER_COUNT: String(managedInstances.workers),
  };
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

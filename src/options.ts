import {
  aBoolean,
  aFunction,
  aNumber,
  anInteger,
  aString,
  type Check,
  checkFields,
  listOf,
  oneOf,
} from './check.ts';
import type { ApiKeySource } from './delivery/api-key.ts';
import { type Environment, environmentVariables, isSet } from './environment.ts';
import {
  type EnvironmentOptions,
  readEnvironmentOptions,
  readLogLevel,
} from './environment-options.ts';
import { ConfigurationError } from './errors.ts';
import {
  type CaptureMode,
  captureModes,
  type Delivery,
  deliveries,
  type LogLevel,
  leastBytes,
  logLevels,
} from './option-values.ts';
import { isHeaderValue, resolveBaseUrl } from './platform/configuration.ts';

/** What the callbacks of {@link TaskReporterOptions} get as context: Lambda's own. */
export interface HandlerContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly [field: string]: unknown;
}

/**
 * How runs are reported. Each option that has a variable falls back to it, then to the default.
 */
export interface TaskReporterOptions<Event = unknown, Response = unknown> {
  /** The agent that runs are reported for. @default `XPANDER_AGENT_ID` */
  readonly agentId?: string | undefined;
  /** API key; a secret is the better place for it. @default `XPANDER_API_KEY` */
  readonly apiKey?: string | undefined;
  /**
   * Name or ARN of an AWS Secrets Manager secret that holds the API key, as its text or in a JSON
   * field. Wins over a key from the environment. @default `XPANDER_API_KEY_SECRET`
   */
  readonly apiKeySecret?: string | undefined;
  /**
   * The JSON secret's field with the key.
   *
   * @default `api_key`, `apiKey` or `XPANDER_API_KEY`, whichever there is
   */
  readonly apiKeySecretField?: string | undefined;
  /** Where the platform is. @default `XPANDER_BASE_URL`, else `https://inbound.xpander.ai` */
  readonly baseUrl?: string | undefined;
  /** Needed for an agent controller only. @default `XPANDER_ORGANIZATION_ID` */
  readonly organizationId?: string | undefined;
  /**
   * `full`: as it is. `redacted`: secrets masked. `shape`: names, types and lengths only.
   * `off`: nothing of it. @default `XPANDER_CAPTURE`, else `'redacted'`
   */
  readonly capture?: CaptureMode | undefined;
  /**
   * What to mask beside the built-in list: the name of a field at any depth (`'iban'`), a path
   * (`'body.customer.*.email'`), or a pattern. @default `XPANDER_REDACT`, separated by commas
   */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /**
   * Most bytes of input, result and LLM response together; the largest are shortened.
   *
   * @default `XPANDER_MAX_BYTES`, else 262144 (256 KiB)
   */
  readonly maxBytes?: number | undefined;
  /** The task's input. Called before the handler. @default the event */
  input?(event: Event, context: HandlerContext): unknown;
  /** The task's result. @default the handler's response */
  result?(response: Response): unknown;
  /** The task's id. Called before the handler. @default Lambda's request id */
  id?(event: Event, context: HandlerContext): string;
  /**
   * Whether a response is a success. @default no HTTP status from 500 on, no `batchItemFailures`
   */
  isSuccess?(response: Response): boolean;
  /**
   * Also report the run when it starts, beside the handler.
   *
   * @default `XPANDER_REPORT_START`, else `false`
   */
  readonly reportStart?: boolean | undefined;
  /**
   * `after-response`: the report leaves when the caller has the answer. `in-band`: the answer
   * waits for the report, `budgetMs` at most. `auto`: after the response where the environment
   * allows it, else in-band; `after-response` does the same and says so in the log.
   *
   * @default `XPANDER_DELIVERY`, else `'auto'`
   */
  readonly delivery?: Delivery | undefined;
  /**
   * Most time for one delivery with all its tries, in milliseconds; never more than the
   * invocation has left. @default `XPANDER_BUDGET_MS`, else 3000
   */
  readonly budgetMs?: number | undefined;
  /**
   * Share of successful runs that are reported, from 0 to 1. Failed runs always are.
   *
   * @default `XPANDER_SAMPLE_RATE`, else 1
   */
  readonly sampleRate?: number | undefined;
  /** What goes into the function's log. @default `XPANDER_LOG_LEVEL`, else `'warn'` */
  readonly logLevel?: LogLevel | undefined;
}

/** Options after option, environment and default have been put together. */
export interface ReporterSettings {
  readonly agentId: string;
  readonly apiKey: ApiKeySource;
  readonly baseUrl: string;
  readonly capture: CaptureMode;
  readonly redact: readonly (string | RegExp)[];
  readonly maxBytes: number;
  readonly reportStart: boolean;
  readonly delivery: Delivery;
  readonly budgetMs: number;
  readonly sampleRate: number;
  readonly logLevel: LogLevel;
  readonly input: ((event: unknown, context: unknown) => unknown) | undefined;
  readonly result: ((response: unknown) => unknown) | undefined;
  readonly id: ((event: unknown, context: unknown) => unknown) | undefined;
  readonly isSuccess: ((response: unknown) => unknown) | undefined;
}

/** What the options come to. */
export type ResolvedOptions =
  | { readonly kind: 'enabled'; readonly settings: ReporterSettings }
  /** The environment does not allow reporting. */
  | { readonly kind: 'disabled'; readonly reason: string; readonly logLevel: LogLevel }
  /** Somebody switched it off. */
  | { readonly kind: 'switched-off' };

const checks: Readonly<Record<keyof TaskReporterOptions, Check>> = {
  agentId: aString,
  apiKey: (value) =>
    typeof value === 'string' && isHeaderValue(value)
      ? undefined
      : 'a text that a header can carry',
  apiKeySecret: aString,
  apiKeySecretField: aString,
  baseUrl: aString,
  organizationId: aString,
  capture: oneOf(captureModes),
  redact: listOf((rule) =>
    rule instanceof RegExp || aString(rule) === undefined
      ? undefined
      : 'a field name, a path or a RegExp',
  ),
  maxBytes: anInteger(leastBytes),
  input: aFunction,
  result: aFunction,
  id: aFunction,
  isSuccess: aFunction,
  reportStart: aBoolean,
  delivery: oneOf(deliveries),
  budgetMs: anInteger(1, 900_000),
  sampleRate: aNumber(0, 1),
  logLevel: oneOf(logLevels),
};

/**
 * Puts options, environment and defaults together, once, at construction.
 *
 * @throws ConfigurationError when an option is wrong. What is wrong in the environment disables
 *   reporting instead: a variable must not break a function.
 */
export function resolveOptions<Event, Response>(
  options: TaskReporterOptions<Event, Response> = {},
  environment: Environment = process.env,
): ResolvedOptions {
  checkFields('options', options, checks, ['apiKey']);
  if (isSet(environment, 'disabled')) return { kind: 'switched-off' };
  checkTogether(options, environment);
  try {
    return { kind: 'enabled', settings: settingsOf(options, environment) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const logLevel = options.logLevel ?? readLogLevel(environment) ?? 'warn';
    return { kind: 'disabled', reason: error.message, logLevel };
  }
}

function checkTogether<Event, Response>(
  options: TaskReporterOptions<Event, Response>,
  environment: Environment,
): void {
  if (options.apiKey !== undefined && options.apiKeySecret !== undefined) {
    throw new ConfigurationError("options: give 'apiKey' or 'apiKeySecret', not both.");
  }
  if (options.baseUrl !== undefined) baseUrlOf(options, environment);
}

function settingsOf<Event, Response>(
  options: TaskReporterOptions<Event, Response>,
  environment: Environment,
): ReporterSettings {
  const variables = readEnvironmentOptions(environment);
  const agentId = options.agentId ?? variables.agentId;
  if (agentId === undefined) throw missing('agent id', 'agentId', environmentVariables.agentId);
  return {
    agentId,
    apiKey: apiKeyOf(options, variables),
    baseUrl: baseUrlOf(options, environment),
    capture: options.capture ?? variables.capture ?? 'redacted',
    redact: options.redact ?? variables.redact ?? [],
    maxBytes: options.maxBytes ?? variables.maxBytes ?? 262_144,
    reportStart: options.reportStart ?? variables.reportStart ?? false,
    delivery: options.delivery ?? variables.delivery ?? 'auto',
    budgetMs: options.budgetMs ?? variables.budgetMs ?? 3_000,
    sampleRate: options.sampleRate ?? variables.sampleRate ?? 1,
    logLevel: options.logLevel ?? variables.logLevel ?? 'warn',
    // The callbacks' types were the caller's to choose; from here on every value is unknown.
    input: options.input?.bind(options) as ReporterSettings['input'],
    result: options.result?.bind(options) as ReporterSettings['result'],
    id: options.id?.bind(options) as ReporterSettings['id'],
    isSuccess: options.isSuccess?.bind(options) as ReporterSettings['isSuccess'],
  };
}

function baseUrlOf(
  { baseUrl, organizationId }: Pick<TaskReporterOptions, 'baseUrl' | 'organizationId'>,
  environment: Environment,
): string {
  return resolveBaseUrl({ baseUrl, organizationId }, environment);
}

function apiKeyOf(
  options: Pick<TaskReporterOptions, 'apiKey' | 'apiKeySecret' | 'apiKeySecretField'>,
  variables: EnvironmentOptions,
): ApiKeySource {
  if (options.apiKey !== undefined) return { kind: 'value', apiKey: options.apiKey };
  const secretId = options.apiKeySecret ?? variables.apiKeySecret;
  if (secretId !== undefined) return { kind: 'secret', secretId, field: options.apiKeySecretField };
  if (variables.apiKey !== undefined) return { kind: 'value', apiKey: variables.apiKey };
  throw missing('API key', 'apiKeySecret', environmentVariables.apiKeySecret);
}

function missing(what: string, option: string, variable: string): ConfigurationError {
  return new ConfigurationError(
    `There is no ${what}: runs are not reported. Set ${variable}, or give the option '${option}'.`,
  );
}

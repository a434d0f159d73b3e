import { ConfigurationError } from '../errors.ts';
import type { ApiKeySource } from './api-key-source.ts';
import {
  aBoolean,
  aFunction,
  aHost,
  aNumber,
  anInteger,
  aString,
  type Check,
  checkFields,
  listOf,
  oneOf,
} from './checks.ts';
import { type Environment, environmentVariables, readBoolean } from './environment.ts';
import {
  type EnvironmentOptions,
  readEnvironmentOptions,
  type Warn,
} from './environment-options.ts';
import { readLogLevel } from './log-level.ts';
import {
  type CaptureMode,
  captureModes,
  type Delivery,
  deliveries,
  type LogLevel,
  logLevels,
  minMaxBytes,
} from './option-values.ts';
import type { TaskReporterOptions } from './options.ts';
import { isHeaderValue, resolveBaseUrl } from './platform-configuration.ts';

/** The settings of a reporter, resolved from options, environment and defaults. */
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
  readonly llmTaps: boolean;
  readonly llmHosts: readonly string[];
  readonly logLevel: LogLevel;
  readonly input: ((event: unknown, context: unknown) => unknown) | undefined;
  readonly result: ((response: unknown) => unknown) | undefined;
  readonly id: ((event: unknown, context: unknown) => unknown) | undefined;
  readonly isSuccess: ((response: unknown) => unknown) | undefined;
}

export type ResolvedOptions =
  | ({ readonly kind: 'enabled'; readonly settings: ReporterSettings } & Warnings)
  /** The environment does not allow reporting. */
  | ({ readonly kind: 'disabled'; readonly reason: string; readonly logLevel: LogLevel } & Warnings)
  /** Disabled by `XPANDER_DISABLED`. */
  | { readonly kind: 'switched-off' };

interface Warnings {
  /** One sentence for each optional variable with an invalid value. */
  readonly warnings: readonly string[];
}

export const optionChecks: Readonly<Record<keyof TaskReporterOptions, Check>> = {
  agentId: aString,
  apiKey: (value) =>
    typeof value === 'string' && isHeaderValue(value)
      ? undefined
      : 'a text that is allowed in an HTTP header',
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
  maxBytes: anInteger(minMaxBytes),
  input: aFunction,
  result: aFunction,
  id: aFunction,
  isSuccess: aFunction,
  reportStart: aBoolean,
  delivery: oneOf(deliveries),
  budgetMs: anInteger(1, 900_000),
  sampleRate: aNumber(0, 1),
  llmTaps: aBoolean,
  llmHosts: listOf(aHost),
  logLevel: oneOf(logLevels),
};

/**
 * Resolves options, environment and defaults once, at construction.
 *
 * @throws ConfigurationError if an option is invalid. An invalid variable must not break a function: a
 *   required one disables reporting, an optional one causes a warning.
 */
export function resolveOptions<Event, Response>(
  options: TaskReporterOptions<Event, Response> = {},
  environment: Environment = process.env,
): ResolvedOptions {
  checkFields('options', options, optionChecks, ['apiKey']);
  const warnings: string[] = [];
  const warn: Warn = (message) => void warnings.push(message);
  if (readBoolean(environment, 'disabled', warn)) return { kind: 'switched-off' };
  checkCombinations(options, environment);
  try {
    return { kind: 'enabled', settings: settingsOf(options, environment, warn), warnings };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const logLevel = options.logLevel ?? readLogLevel(environment) ?? 'warn';
    return { kind: 'disabled', reason: error.message, logLevel, warnings };
  }
}

function checkCombinations<Event, Response>(
  options: TaskReporterOptions<Event, Response>,
  environment: Environment,
): void {
  if (options.apiKey !== undefined && options.apiKeySecret !== undefined) {
    throw new ConfigurationError("options: set 'apiKey' or 'apiKeySecret', not both.");
  }
  if (options.baseUrl !== undefined) resolveBaseUrl(options, environment);
}

function settingsOf<Event, Response>(
  options: TaskReporterOptions<Event, Response>,
  environment: Environment,
  warn: Warn,
): ReporterSettings {
  const variables = readEnvironmentOptions(environment, warn);
  const agentId = options.agentId ?? variables.agentId;
  if (agentId === undefined) throw missing('agent id', 'agentId', environmentVariables.agentId);
  return {
    agentId,
    apiKey: apiKeyOf(options, variables),
    baseUrl: resolveBaseUrl(options, environment, warn),
    capture: captureOf(options, variables),
    redact: options.redact ?? variables.redact ?? [],
    maxBytes: options.maxBytes ?? variables.maxBytes ?? 262_144,
    reportStart: options.reportStart ?? variables.reportStart ?? false,
    delivery: options.delivery ?? variables.delivery ?? 'auto',
    budgetMs: options.budgetMs ?? variables.budgetMs ?? 3_000,
    sampleRate: options.sampleRate ?? variables.sampleRate ?? 1,
    llmTaps: options.llmTaps ?? variables.llmTaps ?? true,
    llmHosts: options.llmHosts ?? variables.llmHosts ?? [],
    logLevel: options.logLevel ?? variables.logLevel ?? 'warn',
    // The types of events and responses are known only to the caller.
    input: options.input?.bind(options) as ReporterSettings['input'],
    result: options.result?.bind(options) as ReporterSettings['result'],
    id: options.id?.bind(options) as ReporterSettings['id'],
    isSuccess: options.isSuccess?.bind(options) as ReporterSettings['isSuccess'],
  };
}

function captureOf(
  options: Pick<TaskReporterOptions, 'capture' | 'redact'>,
  variables: EnvironmentOptions,
): CaptureMode {
  const mode = options.capture ?? variables.capture ?? 'redacted';
  const isBroken = options.redact === undefined && variables.isRedactBroken;
  return mode === 'redacted' && isBroken ? 'shape' : mode;
}

function apiKeyOf(
  options: Pick<TaskReporterOptions, 'apiKey' | 'apiKeySecret' | 'apiKeySecretField'>,
  variables: EnvironmentOptions,
): ApiKeySource {
  if (options.apiKey !== undefined) return { kind: 'value', apiKey: options.apiKey };
  const secretId = options.apiKeySecret ?? variables.apiKeySecret;
  if (secretId !== undefined) {
    const field = options.apiKeySecretField ?? variables.apiKeySecretField;
    return { kind: 'secret', secretId, field };
  }
  if (variables.apiKey !== undefined) return { kind: 'value', apiKey: variables.apiKey };
  throw missing('API key', 'apiKeySecret', environmentVariables.apiKeySecret);
}

function missing(what: string, option: string, variable: string): ConfigurationError {
  return new ConfigurationError(
    `There is no ${what}: runs are not reported. Set ${variable}, or give the option '${option}'.`,
  );
}

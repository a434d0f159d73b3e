/**
 * Reads the options that come from environment variables. A wrong value must not switch reporting
 * off: it causes a warning, and the default is used.
 */
import { aHost, aNumber, anInteger, type Check, listOf, oneOf } from './checks.ts';
import {
  type Environment,
  environmentVariables,
  readBoolean,
  readVariable,
  type Variable,
  wrongValue,
} from './environment.ts';
import {
  type CaptureMode,
  captureModes,
  type Delivery,
  deliveries,
  type LogLevel,
  logLevels,
  minMaxBytes,
} from './option-values.ts';

/** The options that the environment sets. */
export interface EnvironmentOptions {
  readonly agentId: string | undefined;
  readonly apiKey: string | undefined;
  readonly apiKeySecret: string | undefined;
  readonly apiKeySecretField: string | undefined;
  readonly capture: CaptureMode | undefined;
  readonly redact: readonly (string | RegExp)[] | undefined;
  /** Whether the variable for `redact` cannot be read, so that what it would hide is unknown. */
  readonly isRedactBroken: boolean;
  readonly maxBytes: number | undefined;
  readonly reportStart: boolean | undefined;
  readonly delivery: Delivery | undefined;
  readonly budgetMs: number | undefined;
  readonly sampleRate: number | undefined;
  readonly llmTaps: boolean | undefined;
  readonly llmHosts: readonly string[] | undefined;
  readonly logLevel: LogLevel | undefined;
}

/** Called with one sentence for each variable with an invalid value. */
export type Warn = (message: string) => void;

export function readEnvironmentOptions(environment: Environment, warn: Warn): EnvironmentOptions {
  const number = (variable: Variable, check: Check): number | undefined => {
    const text = readVariable(environment, variable);
    if (text === undefined) return undefined;
    const expected = check(Number(text));
    if (expected === undefined) return Number(text);
    warn(wrongValue(variable, expected, text));
    return undefined;
  };
  const redact = readRedactionRules(environment, warn);
  return {
    agentId: readVariable(environment, 'agentId'),
    apiKey: readVariable(environment, 'apiKey'),
    apiKeySecret: readVariable(environment, 'apiKeySecret'),
    apiKeySecretField: readVariable(environment, 'apiKeySecretField'),
    // An invalid value may have been meant to keep data inside the function.
    capture: readChoice(environment, 'capture', captureModes, warn, 'shape', shapeOnly),
    redact: redact === 'broken' ? undefined : redact,
    isRedactBroken: redact === 'broken',
    maxBytes: number('maxBytes', anInteger(minMaxBytes)),
    reportStart: readBoolean(environment, 'reportStart', warn),
    delivery: readChoice(environment, 'delivery', deliveries, warn),
    budgetMs: number('budgetMs', anInteger(1, 900_000)),
    sampleRate: number('sampleRate', aNumber(0, 1)),
    llmTaps: readBoolean(environment, 'llmTaps', warn),
    llmHosts: readHosts(environment, warn),
    logLevel: readChoice(environment, 'logLevel', logLevels, warn),
  };
}

/**
 * A variable with a fixed set of values, in any case.
 *
 * @param fallback - the value in place of a wrong one. @default undefined, for the default
 */
export function readChoice<T extends string>(
  environment: Environment,
  variable: Variable,
  choices: readonly T[],
  warn: Warn,
  ...[fallback, consequence]: readonly [T, string] | readonly []
): T | undefined {
  const text = readVariable(environment, variable);
  const choice = choices.find((known) => known === text?.toLowerCase());
  if (text === undefined || choice !== undefined) return choice;
  warn(wrongValue(variable, oneOf(choices)(text) ?? '', text, consequence));
  return fallback;
}

const shapeOnly = 'Until that is fixed, reports contain only the shape of data.';

/**
 * Rules separated by commas; one between slashes is a pattern: `iban,body.user.email,/PX-\d+/i`.
 * A pattern with a comma in it needs the option.
 */
function readRedactionRules(
  environment: Environment,
  warn: Warn,
): readonly (string | RegExp)[] | 'broken' | undefined {
  const rules = readList(environment, 'redact');
  const broken = rules?.find((rule) => redactionRule(rule) === undefined);
  if (broken === undefined) return rules?.map((rule) => redactionRule(rule) ?? rule);
  warn(`${environmentVariables.redact}: '${broken}' is not a valid pattern. ${shapeOnly}`);
  return 'broken';
}

/** @returns undefined for a pattern that is not valid */
function redactionRule(rule: string): string | RegExp | undefined {
  const pattern = /^\/(.+)\/([a-z]*)$/.exec(rule);
  if (pattern === null) return rule;
  try {
    return new RegExp(pattern[1] ?? '', pattern[2]);
  } catch {
    return undefined;
  }
}

function readHosts(environment: Environment, warn: Warn): readonly string[] | undefined {
  const hosts = readList(environment, 'llmHosts');
  const expected = hosts && listOf(aHost)(hosts);
  if (expected === undefined) return hosts;
  warn(wrongValue('llmHosts', expected, readVariable(environment, 'llmHosts')));
  return undefined;
}

/** Reads entries separated by commas. */
function readList(environment: Environment, variable: Variable): readonly string[] | undefined {
  return readVariable(environment, variable)
    ?.split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

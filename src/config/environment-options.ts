/** Reads the options that come from environment variables; each mistake is one clear sentence. */

import { ConfigurationError } from '../errors.ts';
import { aHost, aNumber, anInteger, type Check, listOf, oneOf } from './checks.ts';
import { type Environment, environmentVariables, readVariable } from './environment.ts';
import {
  type CaptureMode,
  captureModes,
  type Delivery,
  deliveries,
  type LogLevel,
  logLevels,
  minMaxBytes,
} from './option-values.ts';

/** Options as the environment gives them; undefined where it does not. */
export interface EnvironmentOptions {
  readonly agentId: string | undefined;
  readonly apiKey: string | undefined;
  readonly apiKeySecret: string | undefined;
  readonly apiKeySecretField: string | undefined;
  readonly capture: CaptureMode | undefined;
  readonly redact: readonly (string | RegExp)[] | undefined;
  readonly maxBytes: number | undefined;
  readonly reportStart: boolean | undefined;
  readonly delivery: Delivery | undefined;
  readonly budgetMs: number | undefined;
  readonly sampleRate: number | undefined;
  readonly llmTaps: boolean | undefined;
  readonly llmHosts: readonly string[] | undefined;
  readonly logLevel: LogLevel | undefined;
}

type Variable = keyof typeof environmentVariables;

/** @throws ConfigurationError for a variable whose value is not usable */
export function readEnvironmentOptions(environment: Environment): EnvironmentOptions {
  const choice = <T extends string>(variable: Variable, choices: readonly T[]): T | undefined => {
    const text = readVariable(environment, variable)?.toLowerCase();
    if (text === undefined) return undefined;
    demand(variable, text, oneOf(choices));
    return choices.find((known) => known === text);
  };
  const number = (variable: Variable, check: Check): number | undefined => {
    const text = readVariable(environment, variable);
    if (text === undefined) return undefined;
    demand(variable, Number(text), check, text);
    return Number(text);
  };
  const truth = (variable: Variable): boolean | undefined => {
    const text = choice(variable, ['true', 'false']);
    return text && text === 'true';
  };
  const redact = readVariable(environment, 'redact');
  const llmHosts = readVariable(environment, 'llmHosts')
    ?.split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  if (llmHosts) demand('llmHosts', llmHosts, listOf(aHost));
  return {
    agentId: readVariable(environment, 'agentId'),
    apiKey: readVariable(environment, 'apiKey'),
    apiKeySecret: readVariable(environment, 'apiKeySecret'),
    apiKeySecretField: readVariable(environment, 'apiKeySecretField'),
    capture: choice('capture', captureModes),
    redact: redact === undefined ? undefined : redactionRules(redact),
    maxBytes: number('maxBytes', anInteger(minMaxBytes)),
    reportStart: truth('reportStart'),
    delivery: choice('delivery', deliveries),
    budgetMs: number('budgetMs', anInteger(1, 900_000)),
    sampleRate: number('sampleRate', aNumber(0, 1)),
    llmTaps: truth('llmTaps'),
    llmHosts,
    logLevel: choice('logLevel', logLevels),
  };
}

/**
 * Rules separated by commas; one between slashes is a pattern: `iban,body.user.email,/PX-\d+/i`.
 * A pattern with a comma in it needs the option.
 */
function redactionRules(text: string): (string | RegExp)[] {
  const rules = text.split(',').map((rule) => rule.trim());
  return rules.filter(Boolean).map((rule) => {
    const pattern = /^\/(.+)\/([a-z]*)$/.exec(rule);
    if (pattern === null) return rule;
    try {
      return new RegExp(pattern[1] ?? '', pattern[2]);
    } catch (cause) {
      throw new ConfigurationError(
        `${environmentVariables.redact}: '${rule}' is not a valid pattern.`,
        { cause },
      );
    }
  });
}

function demand(variable: Variable, value: unknown, check: Check, shown = value): void {
  const expected = check(value);
  if (expected === undefined) return;
  throw new ConfigurationError(
    `${environmentVariables[variable]} must be ${expected}; it is '${shown}'.`,
  );
}

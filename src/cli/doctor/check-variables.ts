/** Checks the function's environment variables with the rules of the reporter. */

import {
  type Environment,
  isSet,
  environmentVariables as names,
  readBoolean,
  readVariable,
} from '../../config/environment.ts';
import { readChoice, readEnvironmentOptions, type Warn } from '../../config/environment-options.ts';
import { flushModes } from '../../config/option-values.ts';
import { resolveBaseUrl } from '../../config/platform-configuration.ts';
import { usableKey } from '../../delivery/credentials/secret-value.ts';
import { XpanderError } from '../../errors.ts';
import { type DeployedFunction, knownVariables } from './deployed-function.ts';
import { type Finding, ok, problem, type ReportedBy, unknown, warning } from './finding.ts';
import { setVariables } from './fix-commands.ts';

export function checkVariables(fn: DeployedFunction, reportedBy: ReportedBy): Finding[] {
  if (fn.variablesHidden !== undefined) {
    return [
      unknown(
        'variables',
        `You cannot read the environment variables (${fn.variablesHidden}). You need kms:Decrypt on the key that encrypts them.`,
      ),
    ];
  }
  return [
    checkAgent(fn, reportedBy),
    checkKey(fn, reportedBy),
    ...checkDisabled(fn),
    ...checkValues(fn),
    ...checkSpelling(fn),
  ];
}

/** The time limit of one delivery, in milliseconds. */
export function deliveryBudgetMs({ variables }: DeployedFunction): number {
  const ignore: Warn = () => undefined;
  return readEnvironmentOptions(pick(variables, names.budgetMs), ignore).budgetMs ?? 3_000;
}

function checkAgent(fn: DeployedFunction, reportedBy: ReportedBy): Finding {
  const agentId = readVariable(fn.variables, 'agentId');
  if (agentId !== undefined) return ok('agent', `Tasks are reported for '${agentId}'.`);
  return missing(
    'agent',
    reportedBy,
    `${names.agentId} is not set, so there is no agent to report for.`,
    setVariables(fn, { [names.agentId]: 'YOUR-AGENT-ID' }),
  );
}

function checkKey(fn: DeployedFunction, reportedBy: ReportedBy): Finding {
  const key = readVariable(fn.variables, 'apiKey');
  const secret = readVariable(fn.variables, 'apiKeySecret');
  if (key !== undefined && secret !== undefined) {
    return warning(
      'key',
      `Both ${names.apiKeySecret} and ${names.apiKey} are set. The secret is used. The key is visible to everyone who can read the function's configuration.`,
      setVariables(fn, { [names.apiKey]: undefined }),
    );
  }
  if (secret !== undefined) return ok('key', `The API key is in the secret '${secret}'.`);
  if (key === undefined) {
    return missing(
      'key',
      reportedBy,
      `Neither ${names.apiKeySecret} nor ${names.apiKey} is set, so there is no API key.`,
      setVariables(fn, { [names.apiKeySecret]: 'xpander/api-key' }),
    );
  }
  const keyError = configurationError(() => usableKey(key, `value of ${names.apiKey}`));
  if (keyError !== undefined) return problem('key', keyError);
  return warning(
    'key',
    `The API key in ${names.apiKey} is visible to everyone who can read the function's configuration. Move it to a secret.`,
    setVariables(fn, { [names.apiKey]: undefined, [names.apiKeySecret]: 'xpander/api-key' }),
  );
}

function missing(check: string, reportedBy: ReportedBy, message: string, fix: string): Finding {
  if (reportedBy === 'code') return unknown(check, `${message} The code may set it instead.`);
  if (reportedBy === 'image') return unknown(check, `${message} The image may set it instead.`);
  return problem(check, message, fix);
}

function checkDisabled(fn: DeployedFunction): Finding[] {
  if (!isSet(fn.variables, 'disabled')) return [];
  return [
    problem(
      'switch',
      `${names.disabled} is set, so nothing is reported.`,
      setVariables(fn, { [names.disabled]: undefined }),
    ),
  ];
}

function checkValues(fn: DeployedFunction): Finding[] {
  const problems = Object.values(names).flatMap((name) => {
    const fix = setVariables(fn, { [name]: undefined });
    return mistakesIn(fn.variables, name).map((message) => problem('variables', message, fix));
  });
  return problems.length > 0 ? problems : [ok('variables', 'All values are valid.')];
}

/** One sentence for each mistake in the value of a variable. */
function mistakesIn(variables: Environment, name: string): readonly string[] {
  const variable = pick(variables, name);
  const mistakes: string[] = [];
  const warn: Warn = (message) => void mistakes.push(message);
  readEnvironmentOptions(variable, warn);
  readChoice(variable, 'sentinelFlush', flushModes, warn);
  for (const boolean of ['disabled', 'staging', 'allowHttp'] as const) {
    readBoolean(variable, boolean, warn);
  }
  // Whether a URL is valid depends on other variables.
  const urlMistake =
    name === names.baseUrl ? configurationError(() => resolveBaseUrl({}, variables)) : undefined;
  return urlMistake === undefined ? mistakes : [...mistakes, urlMistake];
}

function checkSpelling(fn: DeployedFunction): Finding[] {
  const unknownNames = Object.keys(fn.variables).filter(
    (name) => name.startsWith('XPANDER_') && !knownVariables.includes(name),
  );
  return unknownNames.map((name) => {
    const similar = knownVariables.find((known) => normalize(known) === normalize(name));
    const hint = similar === undefined ? '' : ` Did you mean ${similar}?`;
    return warning('variables', `${name} is not a variable of xpander-lambda.${hint}`);
  });
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]|s$/g, '');
}

function pick(variables: Environment, name: string): Environment {
  return { [name]: variables[name] };
}

function configurationError(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof XpanderError) return error.message;
    throw error;
  }
}

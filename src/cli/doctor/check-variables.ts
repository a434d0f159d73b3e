/** Whether the function's variables say what reporting needs, by the rules of the reporter. */

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
import { type DeployedFunction, ownVariables } from './deployed-function.ts';
import { type Finding, ok, problem, type Reporter, unknown, warning } from './finding.ts';
import { setVariables } from './fix-commands.ts';

export function checkVariables(fn: DeployedFunction, reportedBy: Reporter): Finding[] {
  if (fn.variablesHidden !== undefined) {
    return [
      unknown(
        'variables',
        `Lambda does not show them to you (${fn.variablesHidden}): it takes kms:Decrypt on the key that encrypts them.`,
      ),
    ];
  }
  return [
    checkAgent(fn, reportedBy),
    checkKey(fn, reportedBy),
    ...checkSwitch(fn),
    ...checkValues(fn),
    ...checkSpelling(fn),
  ];
}

/** Most time for one delivery, in milliseconds. */
export function budgetOf({ variables }: DeployedFunction): number {
  const ignore: Warn = () => undefined;
  return readEnvironmentOptions(only(variables, names.budgetMs), ignore).budgetMs ?? 3_000;
}

function checkAgent(fn: DeployedFunction, reportedBy: Reporter): Finding {
  const agentId = readVariable(fn.variables, 'agentId');
  if (agentId !== undefined) return ok('agent', `Runs are reported for '${agentId}'.`);
  return missing(
    'agent',
    reportedBy,
    `${names.agentId} is not set: there is no agent to report for.`,
    setVariables(fn, { [names.agentId]: 'YOUR-AGENT-ID' }),
  );
}

function checkKey(fn: DeployedFunction, reportedBy: Reporter): Finding {
  const key = readVariable(fn.variables, 'apiKey');
  const secret = readVariable(fn.variables, 'apiKeySecret');
  if (key !== undefined && secret !== undefined) {
    return warning(
      'key',
      `Both ${names.apiKeySecret} and ${names.apiKey} are set. The secret is used, and the key is open to everyone who sees the function's configuration.`,
      setVariables(fn, { [names.apiKey]: undefined }),
    );
  }
  if (secret !== undefined) return ok('key', `The API key is in the secret '${secret}'.`);
  if (key === undefined) {
    return missing(
      'key',
      reportedBy,
      `Neither ${names.apiKeySecret} nor ${names.apiKey} is set: there is no API key.`,
      setVariables(fn, { [names.apiKeySecret]: 'xpander/api-key' }),
    );
  }
  const wrong = messageOf(() => usableKey(key, `value of ${names.apiKey}`));
  if (wrong !== undefined) return problem('key', wrong);
  return warning(
    'key',
    `The API key is in ${names.apiKey}, open to everyone who sees the function's configuration. Put it into a secret.`,
    setVariables(fn, { [names.apiKey]: undefined, [names.apiKeySecret]: 'xpander/api-key' }),
  );
}

function missing(check: string, reportedBy: Reporter, message: string, fix: string): Finding {
  if (reportedBy === 'code') return unknown(check, `${message} The code may give it instead.`);
  if (reportedBy === 'image') return unknown(check, `${message} The image may set it instead.`);
  return problem(check, message, fix);
}

function checkSwitch(fn: DeployedFunction): Finding[] {
  if (!isSet(fn.variables, 'disabled')) return [];
  return [
    problem(
      'switch',
      `${names.disabled} is set: nothing is reported.`,
      setVariables(fn, { [names.disabled]: undefined }),
    ),
  ];
}

function checkValues(fn: DeployedFunction): Finding[] {
  const wrong = Object.values(names).flatMap((name) => {
    const fix = setVariables(fn, { [name]: undefined });
    return mistakesIn(fn.variables, name).map((message) => problem('variables', message, fix));
  });
  return wrong.length > 0 ? wrong : [ok('variables', 'Every value that is set is usable.')];
}

/** One sentence for each mistake in the value of a variable. */
function mistakesIn(variables: Environment, name: string): readonly string[] {
  const one = only(variables, name);
  const mistakes: string[] = [];
  const warn: Warn = (message) => void mistakes.push(message);
  readEnvironmentOptions(one, warn);
  readChoice(one, 'sentinelFlush', flushModes, warn);
  for (const variable of ['disabled', 'staging', 'allowHttp'] as const) {
    readBoolean(one, variable, warn);
  }
  // Other variables decide what an address may be.
  const refusal =
    name === names.baseUrl ? messageOf(() => resolveBaseUrl({}, variables)) : undefined;
  return refusal === undefined ? mistakes : [...mistakes, refusal];
}

function checkSpelling(fn: DeployedFunction): Finding[] {
  const strange = Object.keys(fn.variables).filter(
    (name) => name.startsWith('XPANDER_') && !ownVariables.includes(name),
  );
  return strange.map((name) => {
    const meant = ownVariables.find((own) => plain(own) === plain(name));
    const hint = meant === undefined ? '' : ` ${meant} is what it may have been meant to be.`;
    return warning('variables', `Nothing here reads ${name}.${hint}`);
  });
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]|s$/g, '');
}

function only(variables: Environment, name: string): Environment {
  return { [name]: variables[name] };
}

function messageOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof XpanderError) return error.message;
    throw error;
  }
}

import { Annotations, Stack } from 'aws-cdk-lib';
import type { ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { environmentVariables as names, parseBoolean } from '../src/config/environment.ts';
import {
  type ExistingVariables,
  isSet,
  nextWrapperVariable,
  type Variables,
  wrapperPath,
  wrapperVariable,
} from './function-environment.ts';
import { logLevelHidingErrors } from './hidden-errors.ts';
import { propertiesOf } from './rendered-function.ts';
import { isSupported, unsupportedReasonOf } from './unsupported-reason.ts';

/** Memory that the sentinel needs in a function, in MB. Keep it equal to `xpander-sentinel`. */
export const minMemoryMb = 384;

/** What a function was instrumented with. */
export interface Instrumentation {
  /** The variables that were added. */
  readonly variables: Variables;
  /** The variables that other code sets. */
  readonly existing: ExistingVariables;
  readonly layers: readonly ILayerVersion[];
  readonly hasSentinel: boolean;
}

/** Checks an instrumented function at synth. @returns one sentence for each error */
export function checkFunction(fn: LambdaFunction, expected: Instrumentation): string[] {
  const { variables, existing, layers, hasSentinel } = expected;
  const found = existing.resolved();
  if (found === undefined) {
    return [
      `${fn.node.path} has a CloudFormation expression as its environment, so no variables can be added. Set the variables one by one.`,
    ];
  }
  const added: Variables = Stack.of(fn).resolve(variables);
  const all = { ...found, ...added };
  return [
    ...conflicts(fn, found, added),
    ...wrapperConflict(fn, found),
    ...(isDisabled(all) ? [] : checkEnabled(fn, all, hasSentinel)),
    ...lostChanges(fn, added, layers),
  ];
}

function conflicts(fn: LambdaFunction, found: Variables, added: Variables): string[] {
  return Object.entries(added)
    .filter(([name, value]) => isSet(found[name]) && !isSame(found[name], value))
    .map(
      ([name, value]) =>
        `${fn.node.path} already has ${name} with another value (${show(found[name])}) than the one of TaskReporting (${show(value)}). Remove one of them.`,
    );
}

function wrapperConflict(fn: LambdaFunction, found: Variables): string[] {
  const [wrapper, next] = [found[wrapperVariable], found[nextWrapperVariable]];
  if (!isSet(next) || !isSet(wrapper) || wrapper === wrapperPath || isSame(wrapper, next)) {
    return [];
  }
  return [
    `${fn.node.path} has two exec wrappers, ${wrapperVariable} (${show(wrapper)}) and ${nextWrapperVariable} (${show(next)}), but only one can be chained after the wrapper of TaskReporting. Remove one of them.`,
  ];
}

function isDisabled(variables: Variables): boolean {
  return parseBoolean(String(variables[names.disabled])) ?? false;
}

function checkEnabled(fn: LambdaFunction, variables: Variables, hasSentinel: boolean): string[] {
  warnAboutHiddenErrors(fn);
  return [...missingSettings(fn, variables), ...(hasSentinel ? memoryErrors(fn) : [])];
}

function missingSettings(fn: LambdaFunction, variables: Variables): string[] {
  const hasKey = isSet(variables[names.apiKey]);
  const hasSecret = isSet(variables[names.apiKeySecret]);
  if (hasKey && !hasSecret) warnAboutPlainKey(fn);
  return [
    ...(isSet(variables[names.agentId])
      ? []
      : [`${fn.node.path} has no agent. Set agentId in TaskReporting or in instrument().`]),
    ...(hasKey || hasSecret
      ? []
      : [`${fn.node.path} has no API key. Set apiKeySecret to the secret that contains it.`]),
    ...(hasKey && hasSecret
      ? [
          `${fn.node.path} has both a secret (apiKeySecret) and the key itself (${names.apiKey}). Remove ${names.apiKey}.`,
        ]
      : []),
  ];
}

/** Without a memory size the function gets 128 MB, the default of Lambda. */
function memoryErrors(fn: LambdaFunction): string[] {
  const { MemorySize = 128 } = propertiesOf(fn);
  if (typeof MemorySize !== 'number' || MemorySize >= minMemoryMb) return [];
  return [
    `${fn.node.path} has ${MemorySize} MB of memory, and the sentinel needs ${minMemoryMb} MB: with a smaller share of a CPU each init would take too long. Set memorySize to ${minMemoryMb} or more, or remove 'sentinel' for this function.`,
  ];
}

function warnAboutPlainKey(fn: LambdaFunction): void {
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:plainApiKey',
    `${fn.node.path} has its API key in ${names.apiKey}: everyone who can see the template or the function's configuration can read it. Store it in a secret and set apiKeySecret.`,
  );
}

function warnAboutHiddenErrors(fn: LambdaFunction): void {
  const level = logLevelHidingErrors(fn);
  if (level === undefined) return;
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:hiddenErrors',
    `${fn.node.path} logs only ${level}, which hides undelivered reports: they are logged at ERROR, with everything that 'xpander-lambda replay' needs to send them again. Set applicationLogLevelV2 to ApplicationLogLevel.ERROR or a more detailed level.`,
  );
}

/** What overrides and later changes have removed from the function as it will be deployed. */
function lostChanges(
  fn: LambdaFunction,
  variables: Variables,
  layers: readonly ILayerVersion[],
): string[] {
  const { Environment, Layers, Runtime } = propertiesOf(fn);
  const deployed: Variables = Object(Object(Environment).Variables);
  const lost = Object.entries({ ...variables, [wrapperVariable]: wrapperPath })
    .filter(([name, value]) => !isSame(deployed[name], value))
    .map(([name]) => `variable ${name}`);
  const arns: unknown[] = layers.map(({ layerVersionArn }) =>
    Stack.of(fn).resolve(layerVersionArn),
  );
  const present: unknown[] = Array.isArray(Layers) ? Layers : [];
  if (arns.some((arn) => !present.some((layer) => isSame(layer, arn)))) lost.push('layer');
  const unsupported = unsupportedReasonOf(fn);
  return [
    ...(unsupported === undefined ? [] : [unsupported.message]),
    ...(isSupported(Runtime)
      ? []
      : [
          `${fn.node.path} is deployed with the runtime ${show(Runtime)}, which the layer does not support.`,
        ]),
    ...lost.map(
      (what) =>
        `${fn.node.path} has lost the ${what} of TaskReporting because other code changed its resource. Remove that change, or use addEnvironment() and addLayers() instead.`,
    ),
  ];
}

function isSame(one: unknown, another: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(another);
}

function show(value: unknown): string {
  // A URL may contain a password.
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.replace(/\/\/[^/@]*@/g, '//…@');
}

import { Annotations, Stack } from 'aws-cdk-lib';
import type { ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { environmentVariables as names, parseBoolean } from '../src/config/environment.ts';
import {
  isGiven,
  nextWrapperVariable,
  type OwnVariables,
  type Variables,
  wrapperPath,
  wrapperVariable,
} from './function-environment.ts';
import { levelHidingErrors } from './hidden-errors.ts';
import { propertiesOf } from './rendered-function.ts';
import { isSupported, obstacleOf } from './unsupported-reason.ts';

/** The least memory of a function that the sentinel runs beside, in MB; its launcher says so as well. */
export const leastMemoryMb = 384;

/** What a function was instrumented with. */
export interface Expected {
  /** The variables that it got. */
  readonly variables: Variables;
  /** Those that it has of others. */
  readonly own: OwnVariables;
  readonly layers: readonly ILayerVersion[];
  readonly hasSentinel: boolean;
}

/** What is wrong with an instrumented function in the end, one sentence each. */
export function checkFunction(fn: LambdaFunction, expected: Expected): string[] {
  const { variables, own, layers, hasSentinel } = expected;
  const found = own.resolved();
  if (found === undefined) {
    return [
      `${fn.node.path} has an expression in the place of its environment, which nothing can be added to. Give it the variables one by one.`,
    ];
  }
  const resolved: Variables = Stack.of(fn).resolve(variables);
  return [
    ...conflicts(fn, found, resolved),
    ...wrapperConflict(fn, found),
    ...(isDisabled({ ...found, ...resolved }) ? [] : checkEnabled(fn, { ...found, ...resolved })),
    ...(hasSentinel && !isDisabled({ ...found, ...resolved }) ? tooSmallForSentinel(fn) : []),
    ...whatOthersUndid(fn, resolved, layers),
  ];
}

function conflicts(fn: LambdaFunction, found: Variables, added: Variables): string[] {
  return Object.entries(added)
    .filter(([name, value]) => isGiven(found[name]) && !isSame(found[name], value))
    .map(
      ([name, value]) =>
        `${fn.node.path} has ${name} already, with another value (${show(found[name])}) than TaskReporting would give it (${show(value)}). Take one of them away.`,
    );
}

function wrapperConflict(fn: LambdaFunction, found: Variables): string[] {
  const [wrapper, next] = [found[wrapperVariable], found[nextWrapperVariable]];
  if (!isGiven(next) || !isGiven(wrapper) || wrapper === wrapperPath || isSame(wrapper, next)) {
    return [];
  }
  return [
    `${fn.node.path} has two exec wrappers, ${wrapperVariable} (${show(wrapper)}) and ${nextWrapperVariable} (${show(next)}), and only one of them can follow that of TaskReporting. Take one of them away.`,
  ];
}

function isDisabled(variables: Variables): boolean {
  return parseBoolean(String(variables[names.disabled])) ?? false;
}

function checkEnabled(fn: LambdaFunction, variables: Variables): string[] {
  warnOfHiddenErrors(fn);
  return whatIsMissing(fn, variables);
}

function whatIsMissing(fn: LambdaFunction, variables: Variables): string[] {
  const hasKey = isGiven(variables[names.apiKey]);
  const hasSecret = isGiven(variables[names.apiKeySecret]);
  if (hasKey && !hasSecret) warnOfPlainKey(fn);
  return [
    ...(isGiven(variables[names.agentId])
      ? []
      : [`${fn.node.path} has no agent. Give agentId to TaskReporting or to instrument().`]),
    ...(hasKey || hasSecret
      ? []
      : [`${fn.node.path} has no API key. Give apiKeySecret, the secret that holds it.`]),
    ...(hasKey && hasSecret
      ? [
          `${fn.node.path} has both a secret (apiKeySecret) and the key itself (${names.apiKey}). Take ${names.apiKey} away.`,
        ]
      : []),
  ];
}

/** Lambda's own default applies where the function names no memory. */
function tooSmallForSentinel(fn: LambdaFunction): string[] {
  const { MemorySize = 128 } = propertiesOf(fn);
  if (typeof MemorySize !== 'number' || MemorySize >= leastMemoryMb) return [];
  return [
    `${fn.node.path} has ${MemorySize} MB of memory, and the sentinel needs ${leastMemoryMb} MB: with a smaller share of a CPU each start of the function would take too long. Set memorySize to ${leastMemoryMb} or more, or leave out 'sentinel' for this function.`,
  ];
}

function warnOfPlainKey(fn: LambdaFunction): void {
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:plainApiKey',
    `${fn.node.path} has its API key in ${names.apiKey}, where everyone can read it who sees the template or the function's configuration. Put it into a secret, and give that as apiKeySecret.`,
  );
}

function warnOfHiddenErrors(fn: LambdaFunction): void {
  const level = levelHidingErrors(fn);
  if (level === undefined) return;
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:hiddenErrors',
    `${fn.node.path} logs nothing below ${level}, which hides the reports that are lost: they are logged at ERROR, with all that is needed to send them again. Set applicationLogLevelV2 to ApplicationLogLevel.ERROR or a more detailed level.`,
  );
}

/** The function as it will be deployed: overrides and later changes may have taken ours away. */
function whatOthersUndid(
  fn: LambdaFunction,
  variables: Variables,
  layers: readonly ILayerVersion[],
): string[] {
  const { Environment, Layers, Runtime } = propertiesOf(fn);
  const final: Variables = Object(Object(Environment).Variables);
  const lost = Object.entries({ ...variables, [wrapperVariable]: wrapperPath })
    .filter(([name, value]) => !isSame(final[name], value))
    .map(([name]) => `variable ${name}`);
  const arns: unknown[] = layers.map(({ layerVersionArn }) =>
    Stack.of(fn).resolve(layerVersionArn),
  );
  const present: unknown[] = Array.isArray(Layers) ? Layers : [];
  if (arns.some((arn) => !present.some((layer) => isSame(layer, arn)))) lost.push('layer');
  const obstacle = obstacleOf(fn);
  return [
    ...(obstacle === undefined ? [] : [obstacle.message]),
    ...(isSupported(Runtime)
      ? []
      : [
          `${fn.node.path} was given the runtime ${show(Runtime)}, which the layer does not support.`,
        ]),
    ...lost.map(
      (what) =>
        `${fn.node.path} has lost the ${what} of TaskReporting to a change of its resource. Take that change away, or make it with addEnvironment() and addLayers().`,
    ),
  ];
}

function isSame(one: unknown, another: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(another);
}

function show(value: unknown): string {
  // An address may hold a password.
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.replace(/\/\/[^/@]*@/g, '//…@');
}

import { Stack } from 'aws-cdk-lib';
import type { ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { environmentVariables } from '../src/config/environment.ts';
import { checkFunction } from './function-check.ts';
import { extendEnvironment, resourceOf } from './function-environment.ts';
import { type LayerSource, layerFor, regionMismatch } from './layer-source.ts';
import type { LayerName } from './layer-zip.ts';
import { variablesOf } from './reporting-options.ts';
import { grantSecret, secretIdFor } from './secret-access.ts';
import type { TaskReportingProps } from './task-reporting-props.ts';

/** How a function was instrumented, and whether with the same options. */
export interface Instrumented {
  readonly by: 'construct' | 'aspect';
  readonly hasSameOptions: boolean;
}

const maxLayers = 5;
// Shared by all copies of this package, so that a function is instrumented once.
const mark = Symbol.for('xpander-lambda.instrumented');

/**
 * Adds the layers, the variables and the permissions to a supported function.
 *
 * @throws Error if the function cannot have the layers
 */
export function instrumentFunction(
  fn: LambdaFunction,
  options: TaskReportingProps,
  by: Instrumented['by'],
): void {
  const { apiKeySecret } = options;
  const variables = {
    ...variablesOf(options, fn.node.path),
    ...(apiKeySecret && { [environmentVariables.apiKeySecret]: secretIdFor(fn, apiKeySecret) }),
  };
  const layers = layersToAdd(fn, options);
  fn.addLayers(...layers);
  if (apiKeySecret !== undefined) grantSecret(fn, apiKeySecret);
  const existing = extendEnvironment(fn, variables);
  const hasSentinel = Boolean(options.sentinel);
  const expected = { variables, existing, layers, hasSentinel };
  fn.node.addValidation({ validate: () => checkFunction(fn, expected) });
  Object.defineProperty(fn, mark, { value: { by, fingerprint: fingerprintOf(options) } });
}

/** How a function is instrumented; undefined if it is not. */
export function instrumentationOf(
  fn: LambdaFunction,
  options: TaskReportingProps,
): Instrumented | undefined {
  const found: unknown = Reflect.get(fn, mark);
  if (found === undefined) return undefined;
  const { by, fingerprint } = Object(found);
  return {
    by: by === 'aspect' ? 'aspect' : 'construct',
    hasSameOptions: fingerprint === fingerprintOf(options),
  };
}

function layersToAdd(fn: LambdaFunction, { layer, sentinel }: TaskReportingProps): ILayerVersion[] {
  const wanted: [LayerName, LayerSource | undefined][] = [['reporter', layer]];
  if (sentinel) wanted.push(['sentinel', sentinel === true ? undefined : sentinel]);
  const present = layersOf(fn);
  const missing = wanted.filter(([, source]) => !isAmong(source, present));
  for (const [, source] of missing) throwIfUnsupported(fn, regionMismatch(fn, source));
  if (present.length + missing.length > maxLayers) {
    throwIfUnsupported(
      fn,
      `it has ${present.length} layers and needs ${missing.length} more, but a function can have at most ${maxLayers}. Remove layers${sentinel ? ", remove 'sentinel'," : ''} or report from the code: withTaskReporter() needs no layer.`,
    );
  }
  return missing.map(([name, source]) => layerFor(fn, name, source));
}

/** The layers of a function; empty if CloudFormation computes the list. */
function layersOf(fn: LambdaFunction): readonly unknown[] {
  const layers: unknown = Stack.of(fn).resolve(resourceOf(fn).layers);
  return Array.isArray(layers) ? layers : [];
}

function isAmong(source: LayerSource | undefined, present: readonly unknown[]): boolean {
  return source !== undefined && 'arn' in source && present.includes(source.arn);
}

function throwIfUnsupported(fn: LambdaFunction, reason: string | undefined): void {
  if (reason !== undefined) throw new Error(`${fn.node.path} cannot be instrumented: ${reason}`);
}

function fingerprintOf(options: TaskReportingProps): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return JSON.stringify(given.sort(), (_, value: unknown) => {
    if (value instanceof RegExp) return String(value);
    return Construct.isConstruct(value) ? value.node.path : value;
  });
}

import { Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { resourceOf } from './function-environment.ts';

/** The properties of a function in its template, overrides included. */
export function propertiesOf(fn: LambdaFunction): Readonly<Record<string, unknown>> {
  const resource = resourceOf(fn);
  // Not public, but the only way to see overrides.
  const render: unknown = Reflect.get(resource, '_toCloudFormation');
  if (typeof render !== 'function') return {};
  const { Resources } = Stack.of(fn).resolve(render.call(resource));
  const [rendered] = Object.values(Object(Resources));
  return Object(Object(rendered).Properties);
}

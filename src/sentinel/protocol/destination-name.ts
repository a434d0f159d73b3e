/** A destination as one process names it to another: nothing in it is secret. */

import type { ApiKeySource } from '../../config/api-key-source.ts';
import { type Environment, readVariable } from '../../config/environment.ts';

export interface DestinationName {
  readonly agentId: string;
  readonly baseUrl: string;
  readonly key: KeyName;
}

/** Where the key is to be found. */
export type KeyName =
  /** In the variable `XPANDER_API_KEY`, which both processes have. */
  | { readonly kind: 'environment' }
  | { readonly kind: 'secret'; readonly secretId: string; readonly field?: string | undefined };

interface Destination {
  readonly agentId: string;
  readonly baseUrl: string;
  readonly apiKey: ApiKeySource;
}

/** @returns undefined when only this process knows the key */
export function nameDestination(
  { agentId, baseUrl, apiKey }: Destination,
  environment: Environment,
): DestinationName | undefined {
  if (apiKey.kind === 'secret') return { agentId, baseUrl, key: apiKey };
  const isShared = apiKey.apiKey === readVariable(environment, 'apiKey');
  return isShared ? { agentId, baseUrl, key: { kind: 'environment' } } : undefined;
}

/** @returns undefined when the variable is not set */
export function keySource(key: KeyName, environment: Environment): ApiKeySource | undefined {
  if (key.kind === 'secret') return key;
  const apiKey = readVariable(environment, 'apiKey');
  return apiKey === undefined ? undefined : { kind: 'value', apiKey };
}

export function isDestinationName(value: unknown): value is DestinationName {
  return hasTexts(value, ['agentId', 'baseUrl']) && isKeyName(Reflect.get(value, 'key'));
}

function isKeyName(value: unknown): value is KeyName {
  if (!hasTexts(value, ['kind'])) return false;
  const kind = Reflect.get(value, 'kind');
  const field = Reflect.get(value, 'field');
  if (kind === 'secret') {
    return hasTexts(value, ['secretId']) && ['undefined', 'string'].includes(typeof field);
  }
  return kind === 'environment';
}

function hasTexts(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === 'string');
}

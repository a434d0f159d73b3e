/** Loads the function's handler by the rules of Lambda's runtime client. */

import { basename } from 'node:path';
import { isManagedInstance } from '../src/base/managed-instance.ts';
import { type ClientVersion, handlerNotFound, malformedHandlerName } from './handler-errors.ts';
import type { HideLayer } from './load-error.ts';
import { loadModuleV3 } from './load-module-v3.ts';
import { loadModuleV4 } from './load-module-v4.ts';

type Handler = (...parameters: unknown[]) => unknown;

/**
 * Loads what the runtime client would have loaded.
 *
 * @param handlerName - as in the function's configuration: `folder/file.export`
 * @throws what loading the module throws, or an error that the runtime client would have thrown
 */
export async function loadHandler(
  handlerName: string,
  environment: Readonly<Record<string, string | undefined>>,
  hideLayer: HideLayer,
): Promise<Handler> {
  const version = clientVersion(environment);
  if (handlerName.includes('..')) {
    throw malformedHandlerName(
      `'${handlerName}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
      version,
    );
  }
  const parts = splitHandlerName(handlerName);
  if (parts === undefined) throw malformedHandlerName('Bad handler', version);
  const { folder, name, exportPath } = parts;
  const place = { taskRoot: environment['LAMBDA_TASK_ROOT'] ?? process.cwd(), folder, name };
  const handler =
    version === 3
      ? walkV3(await loadModuleV3(place, hideLayer), exportPath)
      : walkV4(await loadModuleV4(place), exportPath);
  if (!handler) throw handlerNotFound(`${handlerName} is undefined or not exported`, version);
  if (!isHandler(handler)) throw handlerNotFound(`${handlerName} is not a function`, version);
  return handler;
}

interface HandlerParts {
  readonly folder: string;
  readonly name: string;
  readonly exportPath: readonly string[];
}

function splitHandlerName(handlerName: string): HandlerParts | undefined {
  const last = basename(handlerName);
  const [, name, exportPath] = /^([^.]*)\.(.*)$/.exec(last) ?? [];
  if (name === undefined || exportPath === undefined) return undefined;
  const folder = handlerName.substring(0, handlerName.indexOf(last));
  return { folder, name, exportPath: exportPath.split('.') };
}

/**
 * The managed runtime of Node.js 22 has version 3 of the client, except on Managed Instances. That
 * version hears rejections, which version 4 leaves to Node.js.
 */
function clientVersion(environment: Readonly<Record<string, string | undefined>>): ClientVersion {
  const [major] = process.versions.node.split('.');
  const isV3 =
    Number(major) < 24 &&
    !isManagedInstance(environment) &&
    process.listenerCount('unhandledRejection') > 0;
  return isV3 ? 3 : 4;
}

function walkV3(module: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((nested, key) => nested && Object(nested)[key], module);
}

/** Through objects only, and also from the default export. */
function walkV4(module: unknown, path: readonly string[]): unknown {
  const found = walkObjects(module, path);
  if (found || typeof module !== 'object' || module === null || !('default' in module)) {
    return found;
  }
  return walkObjects(module.default, path);
}

function walkObjects(start: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (nested, key) => (nested && typeof nested === 'object' ? Object(nested)[key] : undefined),
    start,
  );
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

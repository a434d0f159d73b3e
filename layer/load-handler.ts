/** Loads the function's handler by the rules of Lambda's runtime client. */

import { basename } from 'node:path';
import { isManagedInstance } from '../src/base/managed-instance.ts';
import type { Environment } from '../src/config/environment.ts';
import { type ClientVersion, handlerNotFound, malformedHandlerName } from './handler-errors.ts';
import type { RemoveLayer } from './load-error.ts';
import { loadModuleV3 } from './load-module-v3.ts';
import { loadModuleV4 } from './load-module-v4.ts';

type Handler = (...parameters: unknown[]) => unknown;

/**
 * Loads the handler that the runtime client would load.
 *
 * @param handlerName - as in the function's configuration: `folder/file.export`
 * @param removeLayer - removes the layer from errors that are logged
 * @throws what loading the module throws, or the error that the runtime client would throw
 */
export async function loadHandler(
  handlerName: string,
  environment: Environment,
  removeLayer: RemoveLayer,
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
  const location = { taskRoot: environment['LAMBDA_TASK_ROOT'] ?? process.cwd(), folder, name };
  const handler =
    version === 3
      ? findExportV3(await loadModuleV3(location, removeLayer), exportPath)
      : findExportV4(await loadModuleV4(location), exportPath);
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
 * The managed runtime of Node.js 22 has version 3 of the client, except on Managed Instances. Only
 * version 3 listens for unhandled rejections.
 */
function clientVersion(environment: Environment): ClientVersion {
  const [major] = process.versions.node.split('.');
  const isV3 =
    Number(major) < 24 &&
    !isManagedInstance(environment) &&
    process.listenerCount('unhandledRejection') > 0;
  return isV3 ? 3 : 4;
}

function findExportV3(module: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((nested, key) => nested && Object(nested)[key], module);
}

/** Follows the path through objects only; searches the default export too. */
function findExportV4(module: unknown, path: readonly string[]): unknown {
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

/**
 * Makes sure that reports leave after the response, also where the reporter is constructed late:
 * inside the first invocation, or behind slow imports. Import it first:
 *
 * ```ts
 * import 'xpander-lambda/after-response';
 * ```
 *
 * It never throws. Where Lambda takes no extension, responses wait for their reports.
 */

import { isSet, readVariable } from './config/environment.ts';
import { joinExtension } from './delivery/lambda-extension/extension.ts';
import { observeRuntimeClient } from './delivery/lambda-extension/runtime-client.ts';

const { env } = process;
if (!isSet(env, 'disabled') && readVariable(env, 'delivery')?.toLowerCase() !== 'in-band') {
  joinExtension(env, observeRuntimeClient(env));
}

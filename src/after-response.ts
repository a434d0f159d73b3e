/**
 * Makes sure that reports leave after the response, also where the reporter is made late: inside
 * the first invocation, or behind slow imports. For ES modules, as their first import:
 *
 * ```ts
 * import 'xpander-lambda/after-response';
 * ```
 *
 * It never throws. Where Lambda takes no extension, answers wait for their reports.
 */
import { startExtensionEarly } from './delivery/extension/extension.ts';
import { isSet, readVariable } from './environment.ts';

const { env } = process;
if (!isSet(env, 'disabled') && readVariable(env, 'delivery')?.toLowerCase() !== 'in-band') {
  await startExtensionEarly(env);
}

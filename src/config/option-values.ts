/** The values that options can take, shared by code and environment. */

/** How much of input, result and LLM response leaves the function. */
export type CaptureMode = 'full' | 'redacted' | 'shape' | 'off';

export const captureModes: readonly CaptureMode[] = ['full', 'redacted', 'shape', 'off'];

/** When a report leaves. */
export type Delivery = 'auto' | 'in-band' | 'after-response';

export const deliveries: readonly Delivery[] = ['auto', 'in-band', 'after-response'];

export { type LogLevel, logLevels } from '../base/log.ts';

/** The smallest `maxBytes` in which every field of a report still says something. */
export const leastBytes = 1_024;

/** The values that options can take, shared by code and environment. */

/** How much of input, result and LLM response leaves the function. */
export type CaptureMode = 'full' | 'redacted' | 'shape' | 'off';

export const captureModes: readonly CaptureMode[] = ['full', 'redacted', 'shape', 'off'];

/** When a report leaves. */
export type Delivery = 'auto' | 'in-band' | 'after-response';

export const deliveries: readonly Delivery[] = ['auto', 'in-band', 'after-response'];

export { type LogLevel, logLevels } from '../base/log.ts';

/**
 * When the sentinel sends. `end`: before the invocation is over. `periodic`: every few seconds at
 * most, and at the end of the environment. `adaptive`: while many invocations follow each other
 * closely, the report of one is sent during the next, which adds nothing to the bill; otherwise as
 * `end`.
 */
export type FlushMode = 'adaptive' | 'end' | 'periodic';

export const flushModes: readonly FlushMode[] = ['adaptive', 'end', 'periodic'];

/** The smallest `maxBytes` in which every field of a report still says something. */
export const leastBytes = 1_024;

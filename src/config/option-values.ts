/** The values of options with a fixed set of values. */

/** How much of input, result and LLM response is reported. */
export type CaptureMode = 'full' | 'redacted' | 'shape' | 'off';

export const captureModes: readonly CaptureMode[] = ['full', 'redacted', 'shape', 'off'];

/** When a report is sent. */
export type Delivery = 'auto' | 'in-band' | 'after-response';

export const deliveries: readonly Delivery[] = ['auto', 'in-band', 'after-response'];

export { type LogLevel, logLevels } from '../base/log.ts';

/**
 * When the sentinel sends reports. `end`: before the invocation ends. `periodic`: every few seconds at
 * most, and when the environment ends. `adaptive`: during the next invocation while invocations follow
 * each other closely, which adds nothing to the bill; otherwise like `end`.
 */
export type FlushMode = 'adaptive' | 'end' | 'periodic';

export const flushModes: readonly FlushMode[] = ['adaptive', 'end', 'periodic'];

/** Minimum of `maxBytes`: every field of a report keeps a readable part. */
export const minMaxBytes = 1_024;

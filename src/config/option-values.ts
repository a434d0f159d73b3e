/** The values of options with a fixed set of values. */

/** How much of input, result and LLM response is reported. */
export type CaptureMode = 'full' | 'redacted' | 'shape' | 'off';

export const captureModes: readonly CaptureMode[] = ['full', 'redacted', 'shape', 'off'];

/** When a report is sent. */
export type Delivery = 'auto' | 'in-band' | 'after-response';

export const deliveries: readonly Delivery[] = ['auto', 'in-band', 'after-response'];

export { type LogLevel, logLevels } from '../base/log.ts';

/** Minimum of `maxBytes`: every field of a report keeps a readable part. */
export const minMaxBytes = 1_024;

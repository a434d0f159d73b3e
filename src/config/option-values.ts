/** The values that options can take, shared by code and environment. */

/** How much of input, result and LLM response leaves the function. */
export type CaptureMode = 'full' | 'redacted' | 'shape' | 'off';

export const captureModes: readonly CaptureMode[] = ['full', 'redacted', 'shape', 'off'];

/** When a report leaves. */
export type Delivery = 'auto' | 'in-band' | 'after-response';

export const deliveries: readonly Delivery[] = ['auto', 'in-band', 'after-response'];

/** From which severity on lines are written into the function's log; `silent` writes none. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** The smallest `maxBytes` in which every field of a report still says something. */
export const leastBytes = 1_024;

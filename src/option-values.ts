/** The values that options can take, shared by code and environment. */

export const captureModes = ['full', 'redacted', 'shape', 'off'] as const;

/** How much of input, result and LLM response leaves the function. */
export type CaptureMode = (typeof captureModes)[number];

export const deliveries = ['auto', 'in-band'] as const;

/** When a report leaves. */
export type Delivery = (typeof deliveries)[number];

/** The smallest `maxBytes` in which every field of a report still says something. */
export const leastBytes = 1_024;

/**
 * The timeout of a function of `functions/lost.mjs`: short where the run ends by it, else one that
 * is not reached on a busy machine either.
 */
export function timeoutOf(way: string): number {
  return ['blocks', 'hangs'].includes(way) ? shortTimeoutMs : 20_000;
}

export const shortTimeoutMs = 2_500;

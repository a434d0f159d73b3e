/**
 * Estimates how long loading code blocks this process.
 *
 * No timer fires while code loads, so a load that does not fit into the remaining time must not
 * start.
 */
import { cpuShare } from './cpu-share.ts';

// Milliseconds on a full CPU.
const usualMs = { delivery: 15, httpClient: 25, secretsManager: 60 } as const;

// A load that takes even longer was waiting for something else, such as a disk.
const slowest = 50;

export type LoadedPart = keyof typeof usualMs;

let slowness: number | undefined;
const loaded = new Set<LoadedPart>();

/** Records how long the delivery code took to load; the other parts scale by the same factor. */
export function noteDeliveryLoaded(tookMs: number): void {
  slowness = Math.min(slowest, Math.max(1, tookMs / usualMs.delivery));
  loaded.add('delivery');
}

/** By what factor everything here is slower than on a full CPU. */
export function slownessHere(): number {
  return slowness ?? 1 / cpuShare(process.env);
}

/** Whether the function has less than half a CPU, so that other work delays its handler. */
export function isSmallFunction(): boolean {
  return slownessHere() > 2;
}

export function noteLoaded(part: LoadedPart): void {
  loaded.add(part);
}

/** Expected milliseconds; 0 if the part is loaded. */
export function loadingTimeMs(part: LoadedPart): number {
  return loaded.has(part) ? 0 : usualMs[part] * slownessHere();
}

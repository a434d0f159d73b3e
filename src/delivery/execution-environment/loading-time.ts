/**
 * How long loading code keeps this process from all else. No timer fires meanwhile: what does not
 * fit into the time that is left must not begin.
 */
import { cpuShare } from './cpu-share.ts';

// On a whole CPU, in milliseconds.
const usualMs = { delivery: 15, httpClient: 25, secretsManager: 60 } as const;

// What takes longer has waited for something else, such as a disk.
const slowest = 50;

export type LoadedPart = keyof typeof usualMs;

let slowness: number | undefined;
const loaded = new Set<LoadedPart>();

/** What loading the code of a delivery took: the other parts take as much longer. */
export function noteDeliveryLoaded(tookMs: number): void {
  slowness = Math.min(slowest, Math.max(1, tookMs / usualMs.delivery));
  loaded.add('delivery');
}

/** How many times as long as on a whole CPU all takes here. */
export function slownessHere(): number {
  return slowness ?? 1 / cpuShare(process.env);
}

/** Whether the function has less than half of a CPU: what is done beside its handler delays that. */
export function isSmallFunction(): boolean {
  return slownessHere() > 2;
}

export function noteLoaded(part: LoadedPart): void {
  loaded.add(part);
}

/** In milliseconds; 0 for what is loaded. */
export function loadingTimeMs(part: LoadedPart): number {
  return loaded.has(part) ? 0 : usualMs[part] * slownessHere();
}

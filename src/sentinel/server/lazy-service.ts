/**
 * Loads the guard when its work begins, so that the function's start does not share the CPU with
 * it. On a small function that takes longer than all else the sentinel does there.
 */
import type { Socket } from 'node:net';
import type { SentinelService } from './service.ts';
import type { PlatformEvent } from './telemetry-events.ts';

/** Nothing here throws or rejects. */
export interface LateGuard extends SentinelService {
  /** Loads it at once: where no event of Lambda tells that there is work. */
  readonly wake: () => void;
}

// The handler has begun, and what takes longer waits for something: then the CPU is free.
const besideHandlerMs = 250;

// What the function has said before is read before the platform's word for how it went.
const readingMs = 20;

/**
 * @param load - makes the guard; undefined when that is not possible: the function reports alone
 * @param isUrgent - whether there is work as soon as a handler begins
 */
export function createLateGuard(
  load: () => Promise<SentinelService | undefined>,
  isUrgent: boolean,
): LateGuard {
  const sockets: Socket[] = [];
  const events: PlatformEvent[] = [];
  let loading: Promise<SentinelService | undefined> | undefined;
  let guard: SentinelService | undefined;
  let isReady = false;
  let isHopeless = false;
  let announceLoading: () => void = () => undefined;
  const startsLoading = new Promise<void>((resolve) => {
    announceLoading = resolve;
  });

  const accept = (socket: Socket): void => {
    if (guard !== undefined) {
      guard.accept(socket);
      return;
    }
    socket.on('error', () => undefined);
    // Nobody reads it yet: what it says waits in its buffers.
    if (isHopeless) socket.destroy();
    else sockets.push(socket);
  };
  const prepare = async (): Promise<SentinelService | undefined> => {
    guard = await load();
    isHopeless = guard === undefined;
    for (const socket of sockets.splice(0)) accept(socket);
    if (guard !== undefined) await pause(readingMs);
    isReady = true;
    for (const event of events.splice(0)) guard?.hear(event);
    return guard;
  };
  const loaded = (): Promise<SentinelService | undefined> => {
    loading ??= prepare();
    announceLoading();
    return loading;
  };

  return {
    accept,
    wake: () => void loaded(),

    hear(event) {
      if (isReady) guard?.hear(event);
      else events.push(event);
      if (event.kind === 'runtime-done') void loaded();
    },

    async finish(event, begunAt = Date.now()) {
      const timer = setTimeout(loaded, isUrgent ? 0 : besideHandlerMs);
      await startsLoading;
      clearTimeout(timer);
      await (await loaded())?.finish(event, begunAt);
    },

    // One that is not loaded has nothing on its way.
    async rest() {
      await guard?.rest();
    },

    async end(reason, deadlineMs) {
      await (await loaded())?.end(reason, deadlineMs);
    },
  };
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, timeMs));
}

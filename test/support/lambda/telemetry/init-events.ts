/** What the Telemetry API tells of an init. */

import type { Extension } from '../extension-registry.ts';
import type { InitPhase } from '../function-environment.ts';
import type { TelemetryApi } from './telemetry-api.ts';

export interface InitFacts {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly initializationType: string;
  readonly phase: InitPhase;
  readonly memoryMb: number;
}

export interface InitEvents {
  readonly succeed: (durationMs: number, extensions: readonly Extension[]) => void;
  readonly fail: (durationMs: number, errorType: string) => void;
}

/** Says at once that the init began, and once how it ended. */
export function initEvents({ emit }: TelemetryApi, facts: InitFacts): InitEvents {
  const { initializationType, phase, memoryMb, functionName, functionVersion } = facts;
  const kind = { initializationType, phase };
  let over = false;
  const end = (outcome: object, durationMs: number): void => {
    if (over) return;
    over = true;
    emit('platform.initRuntimeDone', { ...kind, ...outcome });
    emit('platform.initReport', { ...kind, ...outcome, metrics: { durationMs } });
  };
  emit('platform.initStart', {
    ...kind,
    functionName,
    functionVersion,
    instanceMaxMemory: memoryMb,
  });
  return {
    succeed: (durationMs, extensions) => {
      end({ status: 'success' }, durationMs);
      for (const { name, events } of extensions) {
        emit('platform.extension', { name, state: 'Ready', events });
      }
    },
    fail: (durationMs, errorType) => end({ status: 'error', errorType }, durationMs),
  };
}

/** What the Telemetry API tells of an invocation. */

import type { SettlementTimes } from '../invocation-result.ts';
import type { PostedAnswer } from '../posted-answer.ts';
import type { RuntimeEvent } from '../running-invocation.ts';
import type { TelemetryApi } from './telemetry-api.ts';

export type Outcome =
  | { readonly status: 'success' | 'timeout' }
  | { readonly status: 'error'; readonly errorType: string };

export interface InvocationFacts {
  readonly event: RuntimeEvent;
  readonly memoryMb: number;
  readonly managed: boolean;
  /** Of an init before this invocation, if it is the first one after that. */
  readonly initDurationMs: number | undefined;
}

export interface InvocationEvents {
  readonly start: () => void;
  readonly answered: (posted: PostedAnswer, atMs: number) => void;
  /** Only the first one counts; a handler that threw is a success of its runtime. */
  readonly runtimeDone: (outcome: Outcome, atMs: number) => void;
  readonly report: (outcome: Outcome, times: SettlementTimes) => void;
}

interface Answer {
  readonly firstByteMs: number;
  readonly lastByteMs: number;
  readonly bytes: number;
}

export function invocationEvents(
  { emit }: TelemetryApi,
  { event, memoryMb, managed, initDurationMs }: InvocationFacts,
): InvocationEvents {
  const { requestId, headers } = event;
  const tracing = { type: 'X-Amzn-Trace-Id', value: headers['lambda-runtime-trace-id'] };
  const tenantId = headers['lambda-runtime-aws-tenant-id'];
  const which = { requestId, tracing, ...(tenantId === undefined ? {} : { tenantId }) };
  const startedAt = Date.now();
  let started = false;
  let done = false;
  let answer: Answer | undefined;

  const span = (name: string, fromMs: number, toMs: number): object => ({
    name,
    start: new Date(startedAt + fromMs).toISOString(),
    durationMs: Math.max(0, toMs - fromMs),
  });
  const responseSpans = (): object[] => {
    if (answer === undefined) return [];
    const { firstByteMs, lastByteMs } = answer;
    const latency = span('responseLatency', 0, firstByteMs);
    return [latency, span('responseDuration', firstByteMs, lastByteMs)];
  };
  const start = (): void => {
    if (started) return;
    started = true;
    emit('platform.start', { ...which, version: '$LATEST' });
  };
  return {
    start,
    answered: (posted, atMs) => {
      const chunks = posted.kind === 'response' ? posted.chunks : [];
      const firstByteMs = chunks[0]?.atMs ?? atMs;
      answer = { firstByteMs, lastByteMs: atMs, bytes: posted.payload.length };
    },
    runtimeDone: (outcome, atMs) => {
      start();
      if (done || managed) return;
      done = true;
      const overhead =
        answer === undefined ? [] : [span('runtimeOverhead', answer.lastByteMs, atMs)];
      const producedBytes = answer === undefined ? {} : { producedBytes: answer.bytes };
      emit('platform.runtimeDone', {
        ...which,
        ...outcome,
        metrics: { durationMs: atMs, ...producedBytes },
        spans: [...responseSpans(), ...overhead],
      });
    },
    report: (outcome, times) => {
      const { doneMs, billedMs, runtimeDoneMs, extensionOverheadMs } = times;
      if (managed) {
        const metrics = { durationMs: doneMs };
        emit('platform.report', { ...which, ...outcome, metrics, spans: responseSpans() });
        return;
      }
      const init = initDurationMs === undefined ? {} : { initDurationMs };
      const overheadFromMs = runtimeDoneMs ?? doneMs;
      emit('platform.report', {
        ...which,
        ...outcome,
        metrics: {
          durationMs: doneMs,
          billedDurationMs: billedMs + Math.ceil(initDurationMs ?? 0),
          memorySizeMB: memoryMb,
          // Not measured; a function in the emulator has no limit that it could reach.
          maxMemoryUsedMB: memoryMb,
          ...init,
        },
        spans: [span('extensionOverhead', overheadFromMs, overheadFromMs + extensionOverheadMs)],
      });
    },
  };
}

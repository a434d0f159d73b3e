/** Takes one event through an execution environment, within the function's time. */

import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { functionArn } from './function-environment.ts';
import { splitPrelude } from './http-prelude.ts';
import { type InvocationClock, startInvocationClock } from './invocation-clock.ts';
import type {
  ErrorResult,
  InvocationRecord,
  InvocationResult,
  ProcessExit,
  ResponseResult,
  Settlement,
} from './invocation-result.ts';
import {
  type CallerLeaves,
  type PostedError,
  type PostedResponse,
  platformError,
} from './posted-answer.ts';
import type { Release } from './release.ts';
import type { RuntimeEvent } from './running-invocation.ts';
import {
  type DoneTimes,
  neverDone,
  noteDoneTimes,
  outcomeOf,
  settle,
  settlementTimes,
  type UnsettledEnd,
} from './settlement.ts';
import { type InvocationEvents, invocationEvents } from './telemetry/invocation-events.ts';

export interface Invocation {
  /** The event as JSON. */
  readonly body: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly clientContext?: unknown;
  readonly tenantId?: string | undefined;
  readonly callerLeaves?: CallerLeaves | undefined;
  readonly logs: readonly string[];
}

interface Watched {
  readonly events: InvocationEvents;
  readonly release?: Release;
  readonly times?: DoneTimes;
}

/** Waits for an init that is not over yet, and counts it as the function's time, as Lambda does. */
export async function runInvocation(
  environment: ExecutionEnvironment,
  invocation: Invocation,
): Promise<InvocationResult> {
  const clock = startInvocationClock(invocation.timeoutMs);
  const event = runtimeEvent(invocation, clock);
  const init = await Promise.race([environment.initialised, clock.timeout]);
  if (init.kind === 'init-error') {
    const events = eventsOf(environment, event);
    return endByInitError(environment, invocation, clock, init.posted, events);
  }
  const events = eventsOf(environment, event);
  if (init.kind !== 'ready') return endUnanswered(environment, invocation, clock, init, { events });

  events.start();
  const release = environment.release(event);
  const times = noteDoneTimes(environment, release, clock, events);
  const end = await Promise.race([
    release.answered,
    release.done.then(() => truncatedError(release.truncated())),
    environment.exited,
    clock.timeout,
  ]);
  if (end.kind !== 'response' && end.kind !== 'error') {
    return endUnanswered(environment, invocation, clock, end, { events, release, times });
  }
  const record = recordOf(invocation, clock, settle(environment, release, times, clock, events));
  // Output that was written before the answer is readable now, and read within this turn.
  await setImmediate();
  return end.kind === 'response' ? responseResult(record, end) : errorResult(record, end);
}

function eventsOf(environment: ExecutionEnvironment, event: RuntimeEvent): InvocationEvents {
  const { memoryMb, managedInstances } = environment.configuration;
  return invocationEvents(environment.telemetryApi, {
    event,
    memoryMb,
    managed: managedInstances !== undefined,
    initDurationMs: environment.takeInitDurationMs(),
  });
}

function runtimeEvent(invocation: Invocation, clock: InvocationClock): RuntimeEvent {
  const { requestId, clientContext, tenantId, callerLeaves } = invocation;
  const trace = `Root=1-${hex(4)}-${hex(12)};Parent=${hex(8)};Sampled=0`;
  return {
    requestId,
    callerLeaves,
    body: invocation.body,
    headers: {
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(clock.deadlineMs),
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': trace,
      ...(clientContext === undefined
        ? {}
        : { 'lambda-runtime-client-context': JSON.stringify(clientContext) }),
      ...(tenantId === undefined ? {} : { 'lambda-runtime-aws-tenant-id': tenantId }),
    },
  };
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function responseResult(record: InvocationRecord, posted: PostedResponse): ResponseResult {
  const { streamError, ...response } = posted;
  return {
    ...record,
    ...response,
    ...splitPrelude(posted.payload, posted.contentType),
    ...(streamError === undefined ? {} : { streamError }),
  };
}

function errorResult(record: InvocationRecord, posted: PostedError): ErrorResult {
  const { kind, payload, error, xrayCause } = posted;
  return { ...record, kind, payload, ...error, ...(xrayCause === undefined ? {} : { xrayCause }) };
}

function truncatedError(payload: Buffer): PostedError {
  return { ...platformError('Runtime.TruncatedResponse', 'Response was truncated'), payload };
}

async function endByInitError(
  environment: ExecutionEnvironment,
  invocation: Invocation,
  clock: InvocationClock,
  { payload, error }: PostedError,
  events: InvocationEvents,
): Promise<InvocationResult> {
  events.runtimeDone({ status: 'error', errorType: error.errorType }, clock.elapsedMs());
  const end = await environment.end();
  const settlement = { ...end, ...settlementTimes(neverDone(environment), clock) };
  clock.stop();
  const record = recordOf(invocation, clock, Promise.resolve(settlement));
  return { ...record, kind: 'init-error', payload, ...error };
}

async function endUnanswered(
  environment: ExecutionEnvironment,
  invocation: Invocation,
  clock: InvocationClock,
  end: UnsettledEnd,
  { events, release, times = neverDone(environment) }: Watched,
): Promise<InvocationResult> {
  const settlement = { ...end, ...settlementTimes(times, clock) };
  clock.stop();
  events.runtimeDone(outcomeOf(environment, end), settlement.doneMs);
  await environment.giveUp(end.kind === 'timeout' ? 'timeout' : 'failure', release);
  events.report(outcomeOf(environment, end), settlement);
  const record = recordOf(invocation, clock, Promise.resolve(settlement));
  const payload = release?.truncated() ?? Buffer.alloc(0);
  const prefix = `RequestId: ${invocation.requestId} Error:`;
  if (end.kind === 'timeout') {
    const seconds = (invocation.timeoutMs / 1000).toFixed(2);
    const errorMessage = `${prefix} Task timed out after ${seconds} seconds`;
    const error = { errorType: 'Sandbox.Timedout', errorMessage, trace: [] };
    return { ...record, ...error, kind: 'timeout', payload };
  }
  const how = describeExit(end);
  const errorMessage = `${prefix} ${how}`;
  const errorType = environment.failure();
  return { ...record, ...end, errorType, errorMessage, trace: [], payload };
}

/** In the words of Lambda's agent, which is written in Go. */
function describeExit({ exitCode, signal }: ProcessExit): string {
  if (exitCode === 0) return 'Runtime exited without providing a reason';
  const names: Partial<Record<NodeJS.Signals, string>> = {
    SIGKILL: 'killed',
    SIGTERM: 'terminated',
    SIGABRT: 'aborted',
    SIGSEGV: 'segmentation fault',
  };
  const how = signal === null ? `exit status ${exitCode}` : `signal: ${names[signal] ?? signal}`;
  return `Runtime exited with error: ${how}`;
}

function recordOf(
  { requestId, logs }: Invocation,
  clock: InvocationClock,
  settled: Promise<Settlement>,
): InvocationRecord {
  return { requestId, logs, settled, responseMs: clock.elapsedMs() };
}

/** One unit of work: what is known about it is stored here, nothing in module state. */

import { monotonicMs, wallClockMs } from '../base/clock.ts';
import type { LlmRecord } from '../llm/usage/llm-record.ts';
import type { CapturedInput } from './captured-input.ts';
import { type LambdaContext, remainingMs } from './lambda-context.ts';
import type { Outcome, Thrown } from './outcome.ts';
import { createRecorder, type Recorded, type TaskRecorder } from './task-recorder.ts';

/** What is known when an invocation begins. */
export interface InvocationStart {
  /** The task's id. */
  readonly id: string;
  /** The agent that the task is reported for. */
  readonly agentId: string;
  /** What the handler is called with. */
  readonly event: unknown;
  /** What Lambda sent, if a wrapper around the handler unpacks it. @default event */
  readonly lambdaEvent?: unknown;
  readonly context: LambdaContext;
  /** @default the request id of the context */
  readonly requestId?: string | undefined;
  /** When Lambda ends the invocation, in epoch milliseconds. @default the deadline of the context */
  readonly deadlineMs?: number | undefined;
  readonly input: CapturedInput;
  /** Whether a reporter in the function's own code takes over the task. @default false */
  readonly yieldsToInner?: boolean;
  /**
   * Hosts whose responses are captured, in addition to those of known LLM providers.
   *
   * @default nothing is captured, from known providers neither
   */
  readonly llmHosts?: ReadonlySet<string> | undefined;
  /** Logs calls of the recorder with invalid arguments. */
  readonly warn: (message: string) => void;
}

export class Invocation {
  readonly id: string;
  readonly agentId: string;
  readonly event: unknown;
  readonly lambdaEvent: unknown;
  readonly context: LambdaContext;
  readonly requestId: string | undefined;
  readonly input: CapturedInput;
  readonly yieldsToInner: boolean;
  /** Whether the handler has returned a promise that has not settled. */
  isPending = false;
  /** Whether only the runtime awaits what the handler has returned. */
  isFollowedByRuntimeOnly = false;
  /** The error of the handler, before a middleware turns it into a response. */
  errorBeforeResponse: Thrown | undefined;
  readonly llmHosts: ReadonlySet<string> | undefined;
  readonly recorder: TaskRecorder;
  /** Adds usage that was observed automatically, next to what the handler records. */
  readonly addRecord: (record: LlmRecord) => void;
  readonly recorded: () => Recorded;
  readonly #startedAt = monotonicMs();
  readonly #remainingMs: number | undefined;
  #end: { readonly outcome: Outcome; readonly durationSeconds: number } | undefined;

  constructor(start: InvocationStart) {
    this.id = start.id;
    this.agentId = start.agentId;
    this.event = start.event;
    this.lambdaEvent = start.lambdaEvent ?? start.event;
    this.context = start.context;
    this.requestId = start.requestId ?? start.context.awsRequestId;
    this.#remainingMs =
      start.deadlineMs === undefined
        ? remainingMs(start.context)
        : start.deadlineMs - wallClockMs();
    this.input = start.input;
    this.yieldsToInner = start.yieldsToInner ?? false;
    this.llmHosts = start.llmHosts;
    const { recorder, addRecord, recorded } = createRecorder(
      start.id,
      () => this.#end !== undefined,
      start.warn,
    );
    this.recorder = recorder;
    this.addRecord = addRecord;
    this.recorded = recorded;
  }

  /** The outcome and the duration in seconds; undefined while the handler runs. */
  get ended(): { readonly outcome: Outcome; readonly durationSeconds: number } | undefined {
    return this.#end;
  }

  /** Ends the invocation. A later call corrects the outcome but not the duration. */
  end(outcome: Outcome): void {
    this.isPending = false;
    this.#end = { outcome, durationSeconds: this.#end?.durationSeconds ?? this.durationSeconds() };
  }

  /** Seconds since the start, rounded to milliseconds. */
  durationSeconds(): number {
    return Math.round(monotonicMs() - this.#startedAt) / 1000;
  }

  /**
   * Milliseconds until Lambda ends the invocation; undefined if unknown. The context's own method
   * uses `Date`, which the handler may have replaced.
   *
   * @param at - a time of `monotonicMs()` @default now
   */
  remainingMs(at: number = monotonicMs()): number | undefined {
    if (this.#remainingMs === undefined) return undefined;
    return Math.floor(this.#remainingMs - (at - this.#startedAt));
  }
}

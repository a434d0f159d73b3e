import { monotonicMs, wallClockMs } from '../base/clock.ts';
import type { LlmRecord } from '../llm/usage/llm-record.ts';
import type { CapturedInput } from './captured-input.ts';
import { type LambdaContext, remainingMs } from './lambda-context.ts';
import type { Outcome, Thrown } from './outcome.ts';
import { createRecorder, type Recorded, type TaskRecorder } from './task-recorder.ts';

/** What is known when a run begins. */
export interface InvocationStart {
  /** The task's id. */
  readonly id: string;
  /** The agent that it is reported for. */
  readonly agentId: string;
  /** What the handler gets. */
  readonly event: unknown;
  /** What Lambda sent, where something around the handler took it apart. @default event */
  readonly lambdaEvent?: unknown;
  readonly context: LambdaContext;
  /** Of the invocation. @default the context's */
  readonly requestId?: string | undefined;
  /** When Lambda ends the invocation, in epoch milliseconds. @default what the context says */
  readonly deadlineMs?: number | undefined;
  readonly input: CapturedInput;
  /** Whether a reporter in the function's own code takes this run over. @default false */
  readonly givesWay?: boolean;
  /**
   * Hosts whose answers to it are read, beside those of known LLMs.
   *
   * @default nothing is read, of known ones neither
   */
  readonly llmHosts?: ReadonlySet<string> | undefined;
  /** Told about calls of the recorder that make no sense. */
  readonly complain: (message: string) => void;
}

/** One run of the handler: all that is known about it hangs here, nothing on a module. */
export class Invocation {
  readonly id: string;
  readonly agentId: string;
  readonly event: unknown;
  readonly lambdaEvent: unknown;
  readonly context: LambdaContext;
  readonly requestId: string | undefined;
  readonly input: CapturedInput;
  readonly givesWay: boolean;
  /** Whether the handler has returned a promise that has not settled. */
  isPending = false;
  /** Whether only the runtime follows what the handler has returned. */
  isUnfollowed = false;
  /** An error that the handler threw, where a middleware may still replace it. */
  seenError: Thrown | undefined;
  readonly llmHosts: ReadonlySet<string> | undefined;
  readonly recorder: TaskRecorder;
  /** Takes what was seen of the run, beside what its handler says. */
  readonly hear: (record: LlmRecord) => void;
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
    this.givesWay = start.givesWay ?? false;
    this.llmHosts = start.llmHosts;
    const { recorder, hear, recorded } = createRecorder(
      start.id,
      () => this.#end !== undefined,
      start.complain,
    );
    this.recorder = recorder;
    this.hear = hear;
    this.recorded = recorded;
  }

  /** How the run ended and how long it took, in seconds; undefined while it goes on. */
  get ended(): { readonly outcome: Outcome; readonly durationSeconds: number } | undefined {
    return this.#end;
  }

  /** Ends the run. A later call corrects the outcome: only then it may be known what the caller got. */
  end(outcome: Outcome): void {
    this.isPending = false;
    this.#end = { outcome, durationSeconds: this.#end?.durationSeconds ?? this.durationSeconds() };
  }

  /** How long the run has been going on. */
  durationSeconds(): number {
    return Math.round(monotonicMs() - this.#startedAt) / 1000;
  }

  /**
   * Milliseconds until Lambda ends the invocation; undefined where nobody says. The context's own
   * count goes by `Date`, which the handler may have replaced.
   *
   * @param at - on the clock of `monotonicMs()`. @default now
   */
  remainingMs(at: number = monotonicMs()): number | undefined {
    if (this.#remainingMs === undefined) return undefined;
    return Math.floor(this.#remainingMs - (at - this.#startedAt));
  }
}

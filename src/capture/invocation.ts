import { monotonicMs } from '../clock.ts';
import type { CapturedInput } from './captured-input.ts';
import { type LambdaContext, remainingMs } from './lambda-context.ts';
import type { LlmRecord } from './llm-record.ts';
import type { Outcome } from './outcome.ts';
import { createRecorder, type Recorded, type TaskRecorder } from './task-recorder.ts';

/** What is known when a run begins. */
export interface InvocationStart {
  /** The task's id. */
  readonly id: string;
  /** The agent that it is reported for. */
  readonly agentId: string;
  readonly event: unknown;
  readonly context: LambdaContext;
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
  readonly context: LambdaContext;
  readonly input: CapturedInput;
  readonly givesWay: boolean;
  readonly llmHosts: ReadonlySet<string> | undefined;
  readonly recorder: TaskRecorder;
  /** Takes what was seen of the run, beside what its handler says. */
  readonly hear: (record: LlmRecord) => void;
  readonly recorded: () => Recorded;
  readonly #startedAt = monotonicMs();
  #end: { readonly outcome: Outcome; readonly durationSeconds: number } | undefined;

  constructor(start: InvocationStart) {
    this.id = start.id;
    this.agentId = start.agentId;
    this.event = start.event;
    this.context = start.context;
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

  /**
   * Ends the run. A later call corrects the outcome: with Middy a hook that runs after ours can
   * still turn an answer into an error.
   */
  end(outcome: Outcome): void {
    this.#end = { outcome, durationSeconds: this.durationSeconds() };
  }

  /** How long the run has been going on. */
  durationSeconds(): number {
    return Math.round(monotonicMs() - this.#startedAt) / 1000;
  }

  /** Milliseconds until Lambda ends the invocation; undefined where nobody says. */
  remainingMs(): number | undefined {
    return remainingMs(this.context);
  }
}

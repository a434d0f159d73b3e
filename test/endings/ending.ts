/** A handler with an unusual ending, what its caller gets, and what is reported of it. */
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';

export interface Ending {
  readonly name: string;
  /** An expression; what it is called with depends on the family. */
  readonly handler: string;
  /** Fields of the event beside `way`, which chooses the handler. @default none */
  readonly event?: Readonly<Record<string, unknown>>;
  /** How it ends without a reporter, so that no ending compares two accidents. */
  readonly gives: OnEach<Gives>;
  readonly report: OnEach<Reported>;
  /** @default both */
  readonly runtimes?: readonly ManagedRuntime[];
  /** Names of attachments. @default all of its family */
  readonly attachments?: readonly string[];
  /** Something ends the process about when the caller has its response. @default false */
  readonly isLate?: boolean;
  /** It is chance whether the caller gets that. @default false */
  readonly isRace?: boolean;
  /** What follows in the process is compared as well, and the process is not used after that. */
  readonly ruinsProcess?: boolean;
}

export interface Gives {
  readonly kind?: InvocationResult['kind'];
  readonly body?: string;
  readonly errorType?: string;
  readonly exitCode?: number | null;
}

export interface Reported {
  /** `as the caller`: what the caller got counts. */
  readonly isSuccess: boolean | 'as the caller';
  /** Texts that its result must contain. @default none */
  readonly result?: readonly (string | RegExp)[];
  /** Its result is the text that the caller got. @default false */
  readonly hasResponse?: boolean;
  readonly usedTools?: readonly string[];
  readonly tokens?: Readonly<Record<string, number>>;
  /** Whether there may be none. @default false */
  readonly isOptional?: boolean;
  /** In seconds. */
  readonly duration?: readonly [least: number, most: number];
}

/** One for both runtimes, or one for each. */
export type OnEach<T> = T | Readonly<Record<ManagedRuntime, T>>;

/** What belongs to a runtime. */
export function on<T extends object>(runtime: ManagedRuntime, either: OnEach<T>): T {
  return 'nodejs24.x' in either ? (either as Record<ManagedRuntime, T>)[runtime] : either;
}

export const answered: Gives = { kind: 'response' };
export const failed: Gives = { kind: 'error' };

export function exited(exitCode: number | null): Gives {
  return { kind: 'exit', exitCode };
}

export const completed: Reported = { isSuccess: true, hasResponse: true };

/** What is said of a handler whose promise did not settle before its process ended. */
export const unanswered: Reported = {
  isSuccess: false,
  result: [/without a response|before the handler (had )?(answered|responded)/],
};

export function reportedAs(...result: readonly (string | RegExp)[]): Reported {
  return { isSuccess: false, result };
}

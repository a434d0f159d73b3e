/** Turns what is known of a run into the report of it. */
import type { CapturedInput } from '../capture/captured-input.ts';
import {
  type Outcome,
  type ResponseOutcome,
  type StreamedText,
  sentValue,
  type Thrown,
} from '../capture/outcome.ts';
import type { Recorded } from '../capture/task-recorder.ts';
import type { LlmAccount } from '../llm/llm-account.ts';
import { errorName, errorText } from './error-text.ts';
import { type JsonValue, toJsonValue } from './json-value.ts';
import { createRedactor, type Redactor } from './masking/redact.ts';
import { shapeOf } from './shape-of.ts';
import { fitReport } from './sizing/fit-size.ts';
import { roughLength, shorten, shortenText } from './sizing/shorten.ts';
import { isSuccessfulOutcome } from './success.ts';
import type { TaskReport } from './task-report.ts';
import { textOf } from './text-of.ts';

/** What is known of a run. */
export interface RunFacts {
  readonly id: string;
  readonly input: CapturedInput;
  readonly outcome: Outcome | { readonly kind: 'started' };
  readonly recorded: Pick<Recorded, 'input' | 'result' | 'failure'>;
  readonly llm: LlmAccount;
  readonly durationSeconds: number;
}

/** How a report is made from it. */
export interface ReportRules {
  readonly capture: 'full' | 'redacted' | 'shape' | 'off';
  readonly redact: readonly (string | RegExp)[];
  readonly maxBytes: number;
  /** The user's choice of result; must not throw. */
  readonly result: ((response: unknown) => unknown) | undefined;
  /** The user's rule of success; must not throw. Undefined: the rule does not say. */
  readonly isSuccess: ((response: unknown) => boolean | undefined) | undefined;
}

/**
 * Makes a report.
 *
 * @param timeMs - time to make it in; payloads that take longer are left out
 */
export type ReportBuilder = (facts: RunFacts, timeMs: number) => TaskReport;

/** A builder for one set of rules: what does not depend on the run is made once. */
export function createReportBuilder(rules: ReportRules): ReportBuilder {
  const payload = payloadRules(rules);
  return (facts, timeMs) => {
    const isSuccess = judge(facts, rules);
    // What is not captured costs no time, and not even its length is said.
    const readingMs = rules.capture === 'off' ? Number.POSITIVE_INFINITY : timeMs;
    const read = createReader(payload, rules.maxBytes, readingMs);
    const { input, result, llmResponse } = fitReport(
      {
        input: inputText(facts, read),
        result: isSuccess ? responseText(facts, rules, read) : failureText(facts, rules, read),
        llmResponse: llmResponses(facts.llm, read),
      },
      rules.maxBytes,
    );
    return {
      id: facts.id,
      input,
      result,
      llmResponse,
      tokens: facts.llm.tokens,
      isSuccess,
      duration: facts.durationSeconds,
      usedTools: facts.llm.tools.map(payload.name),
    };
  };
}

/** What a payload becomes before it leaves the function. */
interface PayloadRules {
  readonly value: (value: JsonValue) => JsonValue | undefined;
  readonly text: (text: string) => string | null;
  readonly error: (thrown: unknown) => string;
  /** The name of a tool, which is no payload but may have been made of one. */
  readonly name: (name: string) => string;
}

function payloadRules({ capture, redact }: ReportRules): PayloadRules {
  const asIs = (text: string): string => text;
  if (capture === 'full') {
    return { value: (value) => value, text: asIs, error: errorText, name: asIs };
  }
  const { redactText, redactValue }: Redactor = createRedactor(redact);
  switch (capture) {
    case 'redacted':
      return {
        value: redactValue,
        text: redactText,
        error: (thrown) => redactText(errorText(thrown)),
        name: redactText,
      };
    case 'shape':
      return {
        value: shapeOf,
        text: (text) => textOf(shapeOf(text)),
        error: errorName,
        name: redactText,
      };
    case 'off':
      return { value: () => undefined, text: () => null, error: errorName, name: redactText };
  }
}

/** Reads payloads as far as size and time allow. */
interface PayloadReader {
  readonly value: (value: JsonValue | undefined) => string | null;
  readonly text: (text: string) => string | null;
  readonly error: (thrown: unknown) => string;
  readonly data: (value: JsonValue) => JsonValue;
  /** The same for JSON text; an answer of false leaves it out. */
  readonly affords: (characters: number) => boolean;
}

// Six megabytes took 0.3 s of a whole CPU where this was measured; a small function has a third.
const charactersPerMs = 5_000;
const alwaysAffordable = 50_000;

function createReader(payload: PayloadRules, maxBytes: number, timeMs: number): PayloadReader {
  // A text gets half of this: more than a report holds, so that the final cut takes away the edge
  // where a secret may have lost the part that it is recognised by.
  const limit = 3 * maxBytes;
  const affords = (characters: number): boolean =>
    characters <= Math.max(alwaysAffordable, timeMs * charactersPerMs);
  const text = (whole: string): string | null =>
    affords(whole.length) ? payload.text(shortenText(whole, limit)) : leftOut(whole.length);
  const data = (value: JsonValue): JsonValue | undefined =>
    affords(roughLength(value))
      ? payload.value(shorten(value, limit))
      : leftOut(roughLength(value));
  return {
    text,
    affords,
    error: payload.error,
    data: (value) => data(value) ?? null,
    value: (value) => {
      if (value === undefined) return null;
      return typeof value === 'string' ? text(value) : textOf(data(value));
    },
  };
}

function leftOut(characters: number): string {
  return `[${characters} characters, left out: there was no time to read them]`;
}

function judge({ outcome, recorded }: RunFacts, rules: ReportRules): boolean {
  const hasSaidFailure = recorded.failure !== undefined;
  // The platform knows no running task: until it ends, a task that has begun counts as well.
  if (outcome.kind === 'started') return !hasSaidFailure;
  const { isSuccess } = rules;
  const rule = isSuccess && ((response: ResponseOutcome) => isSuccess(returnedValue(response)));
  return isSuccessfulOutcome(outcome, hasSaidFailure, rule);
}

/** For the user's callbacks: the handler's own value, where it was seen. */
function returnedValue(outcome: ResponseOutcome): unknown {
  return 'value' in outcome ? outcome.value : sentValue(outcome);
}

function inputText({ input, recorded }: RunFacts, read: PayloadReader): string | null {
  if (recorded.input !== undefined) return read.text(recorded.input);
  switch (input.kind) {
    case 'none':
      return null;
    case 'text':
      return read.text(input.text);
    case 'json':
      return read.affords(input.json.length)
        ? read.value(JSON.parse(input.json))
        : leftOut(input.json.length);
    case 'value':
      return read.value(toJsonValue(input.value));
  }
}

function responseText(facts: RunFacts, rules: ReportRules, read: PayloadReader): string | null {
  const { outcome, recorded } = facts;
  if (recorded.result !== undefined) return read.text(recorded.result);
  switch (outcome.kind) {
    case 'started':
    case 'failure':
      return null;
    case 'stream':
      return read.text(streamText(outcome.stream));
    case 'response':
      return rules.result
        ? read.value(toJsonValue(rules.result(returnedValue(outcome))))
        : sentText(outcome, read);
  }
}

function sentText(outcome: ResponseOutcome, read: PayloadReader): string | null {
  const { json } = outcome;
  // Without a value the runtime sends null.
  if (json === undefined || (json === 'null' && returnedValue(outcome) === undefined)) {
    return read.value(toJsonValue(outcome.value));
  }
  return read.affords(json.length)
    ? read.value(toJsonValue(sentValue(outcome)))
    : leftOut(json.length);
}

/** The error; the answer where only the answer tells that the run failed. */
function failureText(facts: RunFacts, rules: ReportRules, read: PayloadReader): string | null {
  const reason = thrownIn(facts.outcome) ?? facts.recorded.failure;
  if (reason === undefined) return responseText(facts, rules, read);
  const text = read.error(reason.value);
  const { outcome } = facts;
  if (outcome.kind === 'stream') {
    const streamed = read.text(streamText(outcome.stream));
    return streamed ? `${text}\n\nStreamed before that:\n${streamed}` : text;
  }
  if (outcome.kind !== 'response' || outcome.handledError === undefined) return text;
  const response = responseText(facts, rules, read);
  return response ? `${text}\n\nThe caller got this response:\n${response}` : text;
}

function thrownIn(outcome: RunFacts['outcome']): Thrown | undefined {
  switch (outcome.kind) {
    case 'started':
      return undefined;
    case 'response':
      return outcome.handledError;
    case 'failure':
    case 'stream':
      return outcome.thrown;
  }
}

function llmResponses({ responses }: LlmAccount, read: PayloadReader): JsonValue {
  const [first, ...others] = responses;
  if (first === undefined) return null;
  return read.data(toJsonValue(others.length === 0 ? first : responses) ?? null);
}

function streamText({ text, cutBytes }: StreamedText): string {
  if (cutBytes === 0) return text;
  // In front: the end is what is cut when the report has to be fitted to its size.
  const bytes = Buffer.byteLength(text);
  return `[the first ${bytes} of ${bytes + cutBytes} bytes]\n${text}`;
}

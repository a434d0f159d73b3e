/** Turns what is known of a run into the report of it. */
import type { CapturedInput } from '../capture/captured-input.ts';
import type { Outcome, StreamedText, Thrown } from '../capture/outcome.ts';
import type { Recorded } from '../capture/task-recorder.ts';
import { errorName, errorText } from './error-text.ts';
import { fitReport } from './fit-size.ts';
import { type JsonValue, toJsonValue } from './json-value.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { shapeOf } from './shape-of.ts';
import { isSuccessful } from './success.ts';
import type { TaskReport } from './task-report.ts';
import { textOf } from './text-of.ts';

/** What is known of a run. */
export interface RunFacts {
  readonly id: string;
  readonly input: CapturedInput;
  readonly outcome: Outcome | { readonly kind: 'started' };
  readonly recorded: Recorded;
  readonly durationSeconds: number;
}

/** How a report is made from it. */
export interface ReportRules {
  readonly capture: 'full' | 'redacted' | 'shape' | 'off';
  readonly redact: readonly (string | RegExp)[];
  readonly maxBytes: number;
  /** The user's choice of result. May throw. */
  readonly result: ((response: unknown) => unknown) | undefined;
  /** The user's rule of success. May throw. */
  readonly isSuccess: ((response: unknown) => unknown) | undefined;
  /** Told when one of the two throws. */
  readonly complain: (message: string) => void;
}

export type ReportBuilder = (facts: RunFacts) => TaskReport;

/** A builder for one set of rules: what does not depend on the run is made once. */
export function createReportBuilder(rules: ReportRules): ReportBuilder {
  const payload = payloadRules(rules);
  return (facts) => {
    const isSuccess = judge(facts, rules);
    const { input, result, llmResponse } = fitReport(
      {
        input: inputText(facts, payload),
        result: isSuccess
          ? responseText(facts, rules, payload)
          : failureText(facts, rules, payload),
        llmResponse: llmResponses(facts.recorded, payload),
      },
      rules.maxBytes,
    );
    return {
      id: facts.id,
      input,
      result,
      llmResponse,
      tokens: facts.recorded.tokens,
      isSuccess,
      duration: facts.durationSeconds,
      usedTools: facts.recorded.tools,
    };
  };
}

/** What a payload becomes before it leaves the function. */
interface PayloadRules {
  readonly value: (value: JsonValue) => JsonValue | undefined;
  readonly text: (text: string) => string | null;
  readonly error: (thrown: unknown) => string;
}

function payloadRules({ capture, redact }: ReportRules): PayloadRules {
  switch (capture) {
    case 'full':
      return { value: (value) => value, text: (text) => text, error: errorText };
    case 'redacted': {
      const redactor: Redactor = createRedactor(redact);
      return {
        value: redactor.redactValue,
        text: redactor.redactText,
        error: (thrown) => redactor.redactText(errorText(thrown)),
      };
    }
    case 'shape':
      return { value: shapeOf, text: (text) => textOf(shapeOf(text)), error: errorName };
    case 'off':
      return { value: () => undefined, text: () => null, error: errorName };
  }
}

function judge({ outcome, recorded }: RunFacts, rules: ReportRules): boolean {
  if (recorded.failure !== undefined) return false;
  switch (outcome.kind) {
    // The platform knows no running task: until it ends, a run that has begun counts as well.
    case 'started':
      return true;
    case 'failure':
      return false;
    case 'stream':
      return outcome.thrown === undefined && (outcome.stream.statusCode ?? 200) < 500;
    case 'response': {
      const { value } = outcome;
      const chosen = ask(() => rules.isSuccess?.(value), 'isSuccess()', rules);
      return typeof chosen === 'boolean' ? chosen : isSuccessful(value);
    }
  }
}

function inputText({ input, recorded }: RunFacts, payload: PayloadRules): string | null {
  if (recorded.input !== undefined) return payload.text(recorded.input);
  switch (input.kind) {
    case 'none':
      return null;
    case 'text':
      return payload.text(input.text);
    case 'json':
      return asText(JSON.parse(input.json), payload);
    case 'value':
      return asText(toJsonValue(input.value), payload);
  }
}

function responseText(facts: RunFacts, rules: ReportRules, payload: PayloadRules): string | null {
  const { outcome, recorded } = facts;
  if (recorded.result !== undefined) return payload.text(recorded.result);
  switch (outcome.kind) {
    case 'started':
    case 'failure':
      return null;
    case 'stream':
      return payload.text(streamText(outcome.stream));
    case 'response': {
      const { value } = outcome;
      const chosen = ask(() => rules.result?.(value), 'result()', rules);
      return asText(toJsonValue(chosen === undefined ? value : chosen), payload);
    }
  }
}

/** The error; the answer where only the answer tells that the run failed. */
function failureText(facts: RunFacts, rules: ReportRules, payload: PayloadRules): string | null {
  const reason = thrownIn(facts.outcome) ?? facts.recorded.failure;
  if (reason === undefined) return responseText(facts, rules, payload);
  const text = payload.error(reason.value);
  if (facts.outcome.kind !== 'stream') return text;
  const streamed = payload.text(streamText(facts.outcome.stream));
  return streamed ? `${text}\n\nStreamed before that:\n${streamed}` : text;
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

function llmResponses(recorded: Recorded, payload: PayloadRules): JsonValue {
  const [first, ...others] = recorded.llmResponses;
  if (first === undefined) return null;
  const kept = others.length === 0 ? first : recorded.llmResponses;
  return payload.value(toJsonValue(kept) ?? null) ?? null;
}

function asText(value: JsonValue | undefined, payload: PayloadRules): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? payload.text(value) : textOf(payload.value(value));
}

function streamText({ text, cutBytes }: StreamedText): string {
  return cutBytes === 0 ? text : `${text}… [${cutBytes} more bytes were streamed]`;
}

function ask(callback: () => unknown, name: string, rules: ReportRules): unknown {
  try {
    return callback();
  } catch (error) {
    // The error's message may hold what the payload holds.
    rules.complain(`the option ${name} threw ${errorName(error)}; the default is used.`);
    return undefined;
  }
}

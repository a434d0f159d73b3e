/** Turns what is known of a run into the report of it. */
import type { CapturedInput } from '../invocation/captured-input.ts';
import {
  type Outcome,
  type ResponseOutcome,
  responseValue,
  type StreamedText,
  type Thrown,
} from '../invocation/outcome.ts';
import type { Recorded } from '../invocation/task-recorder.ts';
import type { UsageSummary } from '../llm/usage/usage-summary.ts';
import type { TaskReport } from '../platform/task-report.ts';
import type { Pace } from './pace.ts';
import { createPayloadReader, type PayloadReader, type PayloadRules } from './payload-reader.ts';
import { createRedactor, type Redactor } from './redaction/redact.ts';
import { shapeOf } from './shape.ts';
import { isSuccessfulOutcome } from './success.ts';
import { errorName, errorText } from './text/error-text.ts';
import { type JsonValue, toJsonValue } from './text/json-value.ts';
import { textOf } from './text/text-of.ts';
import { fitReport, type ReportContent } from './truncation/truncate-report.ts';

/** What is known of a run. */
export interface RunFacts {
  readonly id: string;
  readonly input: CapturedInput;
  readonly outcome: Outcome | { readonly kind: 'started' };
  readonly recorded: Pick<Recorded, 'input' | 'result' | 'failure'>;
  readonly llm: UsageSummary;
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
  /** How fast payloads are read here. */
  readonly pace: Pace;
}

/**
 * Makes a report. `inSlices` lets other work of the process come in between.
 *
 * @param timeMs - time to make it in; of a payload that takes longer its beginning is reported, or
 *   its length
 */
export interface ReportBuilder {
  (facts: RunFacts, timeMs: number): TaskReport;
  readonly inSlices: (facts: RunFacts, timeMs: number) => Promise<TaskReport>;
  /** Whether it will say that the task succeeded. The user's rule is asked once for each response. */
  readonly isSuccess: (facts: Pick<RunFacts, 'outcome' | 'recorded'>) => boolean;
}

/** A builder for one set of rules: what does not depend on the run is made once. */
export function createReportBuilder(rules: ReportRules): ReportBuilder {
  const payload = payloadRules(rules);
  const isSuccessful = createJudge(rules);

  const partsOf = (facts: RunFacts, timeMs: number) => {
    // What is not captured costs no time, and not even its length is said.
    const readingMs = rules.capture === 'off' ? Number.POSITIVE_INFINITY : timeMs;
    const read = createPayloadReader(payload, { ...rules, timeMs: readingMs });
    const isSuccess = isSuccessful(facts);
    const resultText = isSuccess ? responseText : failureText;
    return {
      isSuccess,
      input: () => inputText(facts, read),
      result: () => resultText(facts, rules, read),
      llmResponse: () => llmResponses(facts.llm, read),
    };
  };
  const reportOf = (facts: RunFacts, isSuccess: boolean, content: ReportContent): TaskReport => ({
    id: facts.id,
    ...fitReport(content, rules.maxBytes),
    tokens: facts.llm.tokens,
    isSuccess,
    duration: facts.durationSeconds,
    usedTools: facts.llm.tools.map(payload.name),
  });

  const build = (facts: RunFacts, timeMs: number): TaskReport => {
    const { isSuccess, ...parts } = partsOf(facts, timeMs);
    const input = parts.input();
    const result = parts.result();
    return reportOf(facts, isSuccess, { input, result, llmResponse: parts.llmResponse() });
  };
  const inSlices = async (facts: RunFacts, timeMs: number): Promise<TaskReport> => {
    const { isSuccess, ...parts } = partsOf(facts, timeMs);
    const input = parts.input();
    await nextTurn();
    const result = parts.result();
    await nextTurn();
    const llmResponse = parts.llmResponse();
    await nextTurn();
    return reportOf(facts, isSuccess, { input, result, llmResponse });
  };
  return Object.assign(build, { inSlices, isSuccess: isSuccessful });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
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

function createJudge({ isSuccess }: ReportRules): ReportBuilder['isSuccess'] {
  const verdicts = new WeakMap<ResponseOutcome, boolean | undefined>();
  const rule = (response: ResponseOutcome): boolean | undefined => {
    if (!verdicts.has(response)) verdicts.set(response, isSuccess?.(returnedValue(response)));
    return verdicts.get(response);
  };
  return ({ outcome, recorded }) => {
    const hasSaidFailure = recorded.failure !== undefined;
    // The platform knows no running task: until it ends, a task that has begun counts as well.
    if (outcome.kind === 'started') return !hasSaidFailure;
    return isSuccessfulOutcome(outcome, hasSaidFailure, rule);
  };
}

/** For the user's callbacks: the handler's own value, where it was seen. */
function returnedValue(outcome: ResponseOutcome): unknown {
  return 'value' in outcome ? outcome.value : responseValue(outcome);
}

function inputText({ input, recorded }: RunFacts, read: PayloadReader): string | null {
  if (recorded.input !== undefined) return read.text(recorded.input);
  switch (input.kind) {
    case 'none':
      return null;
    case 'text':
      return read.text(input.text);
    case 'json':
      return read.json(input.json, () => JSON.parse(input.json));
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
  return read.json(json, () => toJsonValue(responseValue(outcome)));
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

function llmResponses({ responses }: UsageSummary, read: PayloadReader): JsonValue {
  const [first, ...others] = responses;
  if (first === undefined) return null;
  return read.data(toJsonValue(others.length === 0 ? first : responses) ?? null);
}

function streamText({ text, truncatedBytes }: StreamedText): string {
  if (truncatedBytes === 0) return text;
  // In front: the end is what is cut when the report has to be fitted to its size.
  const bytes = Buffer.byteLength(text);
  return `[the first ${bytes} of ${bytes + truncatedBytes} bytes]\n${text}`;
}

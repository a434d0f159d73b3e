/** A report as JSON, in the names of the wire or in camelCase, read and checked. */
import {
  aBoolean,
  aNumber,
  anInteger,
  anyString,
  anything,
  aString,
  type Check,
  checkFields,
  listOf,
  orNull,
} from '../../config/checks.ts';
import { ConfigurationError } from '../../errors.ts';
import type { ReportParameters } from '../../platform/report-parameters.ts';

/** What a report says; the agent may still come from the environment. */
export type ReportFields = Omit<ReportParameters, 'agent' | 'configuration'>;

const checks: Readonly<Record<keyof ReportFields, Check>> = {
  agentId: orNull(aString),
  id: orNull(aString),
  input: orNull(anyString),
  llmResponse: anything,
  tokens: orNull((value) =>
    typeof value === 'object' && !Array.isArray(value)
      ? undefined
      : 'an object with prompt_tokens and completion_tokens',
  ),
  isSuccess: orNull(aBoolean),
  result: orNull(anyString),
  duration: orNull(aNumber(0)),
  usedTools: orNull(listOf(aString)),
};

const tokenChecks: Readonly<Record<string, Check>> = {
  promptTokens: orNull(anInteger(0)),
  completionTokens: orNull(anInteger(0)),
  cacheReadTokens: orNull(anInteger(0)),
  cacheWriteTokens: orNull(anInteger(0)),
  // Many write it. The platform gets the sum of the other two.
  totalTokens: orNull(anInteger(0)),
};

/**
 * Reads a report.
 *
 * @param where - what messages call it, for instance `standard input`
 * @throws ConfigurationError for text that is not such a report
 */
export function parseReportFields(text: string, where: string): ReportFields {
  const fields = inCamelCase(parseJson(text, where), where);
  checkFields(where, fields, checks, ['input', 'result']);
  const tokens = fields['tokens'] ?? null;
  if (tokens === null) return fields;
  const counts = inCamelCase(tokens, `tokens in ${where}`);
  checkFields(`tokens in ${where}`, counts, tokenChecks);
  const { totalTokens: _, ...known } = counts;
  return {
    ...fields,
    tokens: {
      promptTokens: 0,
      completionTokens: 0,
      ...Object.fromEntries(Object.entries(known).filter(([, count]) => count !== null)),
    },
  };
}

/**
 * Parses JSON.
 *
 * @throws ConfigurationError without the parser's message, which quotes the text
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    const problem = text.trim() === '' ? 'is empty; it must be' : 'is not';
    throw new ConfigurationError(`${capital(where)} ${problem} valid JSON.`);
  }
}

function inCamelCase(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(`${capital(where)} must hold a JSON object.`);
  }
  const fields = new Map<string, unknown>();
  for (const [name, content] of Object.entries(value)) {
    const ours = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (fields.has(ours)) {
      throw new ConfigurationError(`${capital(where)} has '${name}' twice. Give it once.`);
    }
    fields.set(ours, content);
  }
  return Object.fromEntries(fields);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

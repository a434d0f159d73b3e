/** Parses and validates a report in JSON, with the names of the wire or in camelCase. */
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

/** The fields of a report. The agent may also come from the environment. */
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
  // Accepted because many sources include it, but not sent: the platform computes the sum.
  totalTokens: orNull(anInteger(0)),
};

/**
 * Parses a report.
 *
 * @param where - name of the source in error messages, for instance `standard input`
 * @throws ConfigurationError if the text is not a valid report
 */
export function parseReportFields(text: string, where: string): ReportFields {
  const fields = toCamelCaseFields(parseJson(text, where), where);
  checkFields(where, fields, checks, ['input', 'result']);
  const tokens = fields['tokens'] ?? null;
  if (tokens === null) return fields;
  const counts = toCamelCaseFields(tokens, `tokens in ${where}`);
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
 * @throws ConfigurationError without the parser's message because that quotes the text
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    const problem = text.trim() === '' ? 'is empty; it must be' : 'is not';
    throw new ConfigurationError(`${capital(where)} ${problem} valid JSON.`);
  }
}

function toCamelCaseFields(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(`${capital(where)} must hold a JSON object.`);
  }
  const fields = new Map<string, unknown>();
  for (const [name, content] of Object.entries(value)) {
    const camelCaseName = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (fields.has(camelCaseName)) {
      throw new ConfigurationError(`${capital(where)} has '${name}' twice. Give it once.`);
    }
    fields.set(camelCaseName, content);
  }
  return Object.fromEntries(fields);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

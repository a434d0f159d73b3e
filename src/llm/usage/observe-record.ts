/** Parses one record into observations of LLM calls and tools. */

import type { ParsedUsage } from '../parsed-usage/parsed-usage.ts';
import { calledTool } from '../parsing/mcp-tool-calls.ts';
import { type ParsedExchange, parseExchange } from '../parsing/parse-exchange.ts';
import { parseResponse } from '../parsing/parse-response.ts';
import { field, items } from '../wire/read-fields.ts';
import type { Observation } from './call.ts';
import type { LlmRecord, ObservedExchange } from './llm-record.ts';

export interface ObservedRecord {
  readonly observations: readonly Observation[];
  readonly tools: readonly string[];
  /** A raw response that may go into the report. */
  readonly response?: { readonly value: unknown } | undefined;
}

const nothing: ObservedRecord = { observations: [], tools: [] };

/**
 * @param mostBytes - of HTTP responses, in all: parsing 100 KB takes about a millisecond
 * @returns a reader for the records of one task
 */
export function createRecordReader(
  mostBytes: number,
): (record: LlmRecord, index: number) => ObservedRecord {
  const seen = new Set<unknown>();
  let bytes = 0;

  const readExchange = (exchange: ObservedExchange, index: number): ObservedRecord => {
    const length = exchange.body.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    if (bytes + length > mostBytes) return nothing;
    bytes += length;
    const parsed = parseExchange(exchange);
    if (parsed === undefined || parsed.usages.length === 0) return nothing;
    if (isOldResponse(exchange.url, parsed)) return nothing;
    const isKept = parsed.usages.some(({ isInputOnly }) => !isInputOnly);
    return {
      observations: parsed.usages.map((usage) => ({
        source: 'http',
        usage,
        record: index,
        isPoll: isPollOf(exchange.url, usage),
        host: hostOf(exchange.url),
        at: exchange.at,
      })),
      tools: toolsOf(parsed.usages),
      // An embedding is thousands of numbers that nobody reads.
      response: isKept ? { value: parsed.response } : undefined,
    };
  };

  return (record, index) => {
    switch (record.kind) {
      case 'response': {
        const { value } = record;
        const usages = parseResponse(withoutRepeated(value, seen));
        return {
          observations: usages.map((usage) => ({ source: 'manual', usage, record: index })),
          tools: toolsOf(usages),
          response: { value },
        };
      }
      case 'exchange':
        return readExchange(record.exchange, index);
      case 'span': {
        const { usage, isSum, during } = record;
        const { promptTokens, completionTokens } = usage.usage;
        const isCall = promptTokens !== null || completionTokens !== null;
        return {
          observations: isCall ? [{ source: 'otel', usage, record: index, isSum, during }] : [],
          tools: usage.tools,
        };
      }
      case 'mcp-request':
        return { ...nothing, tools: calledTool(record.body) };
      case 'tool':
        return { ...nothing, tools: [record.name] };
      case 'tokens':
        return nothing;
    }
  };
}

/**
 * Leaves out what is recorded for the second time: the very same object is the same response, also if
 * it has no id. Lists and the state of a graph grow from record to record.
 */
function withoutRepeated(value: unknown, seen: Set<unknown>): unknown {
  try {
    const messages: unknown = field(value, 'messages');
    if (Array.isArray(messages)) return { messages: withoutRepeated(messages, seen) };
    if (Array.isArray(value)) return items(value, mostItems).filter((item) => isNew(item, seen));
    return isNew(value, seen) ? value : undefined;
  } catch {
    // A revoked proxy.
    return undefined;
  }
}

// Some thousand chunks of a stream.
const mostItems = 10_000;

function isNew(value: unknown, seen: Set<unknown>): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (seen.has(value)) return false;
  seen.add(value);
  return true;
}

/** Whether a request asks for a response by its id. */
function isPollOf(url: string, { id }: ParsedUsage): boolean {
  return id !== undefined && url.includes(encodeURIComponent(id));
}

/** OpenAI stores responses for later: only those that run in the background belong to this task. */
function isOldResponse(url: string, { response, usages }: ParsedExchange): boolean {
  const isOpenAi = field(response, 'object') === 'response';
  return (
    isOpenAi &&
    field(response, 'background') !== true &&
    usages.some((usage) => isPollOf(url, usage))
  );
}

function toolsOf(usages: readonly ParsedUsage[]): readonly string[] {
  return usages.flatMap(({ tools }) => tools);
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** Adds up what is known of a run's calls of LLMs: each call once, however often it was noticed. */

import { calledTool } from '../parsing/mcp-tool-calls.ts';
import { parseExchange } from '../parsing/parse-exchange.ts';
import { parseResponse } from '../parsing/parse-response.ts';
import type { LlmUsage, ParsedUsage } from '../providers/parsed-usage.ts';
import { field, itemsField } from '../wire/read-fields.ts';
import type { LlmRecord } from './llm-record.ts';
import type { UsageSummary } from './usage-summary.ts';

/**
 * @param mostBytes - of answers that were seen on their way; what is more is not read, which takes
 *   about a millisecond for 100 KB
 */
export function aggregateUsage(
  records: readonly LlmRecord[],
  mostBytes: number = Number.POSITIVE_INFINITY,
): UsageSummary {
  const noticed = records.map(readRecords(mostBytes));
  const calls: Call[] = [];
  // What the handler says comes first: it has every call once, also two that look the same.
  for (const source of sources) {
    for (const notice of noticed) {
      if (notice.source === source) addCalls(calls, notice);
    }
  }
  const isTold = new Set(calls.flatMap(({ notices }) => (notices.said ? [notices.seen] : [])));
  return {
    tokens: sumOf(calls, records),
    tools: [...new Set(noticed.flatMap(({ tools }) => tools))].slice(0, mostTools),
    responses: noticed
      .filter((notice) => notice.hasResponse && !isTold.has(notice))
      .map(({ response }) => response),
  };
}

const mostTools = 200;

/** Who has noticed a call. */
const sources = ['said', 'spanned', 'seen'] as const;

type Source = (typeof sources)[number];

/** What one record comes to. */
interface Notice {
  readonly source: Source;
  readonly readings: readonly ParsedUsage[];
  readonly tools: readonly string[];
  readonly hasResponse: boolean;
  readonly response?: unknown;
}

/** One call of an LLM. */
interface Call {
  readonly id: string | undefined;
  readonly usage: LlmUsage;
  readonly notices: Partial<Record<Source, Notice>>;
}

function readRecords(mostBytes: number): (record: LlmRecord) => Notice {
  let bytes = 0;
  return (record) => {
    const nothing = { source: 'seen', readings: [], tools: [], hasResponse: false } as const;
    switch (record.kind) {
      case 'response': {
        const readings = parseResponse(record.value).map(complete(record.value));
        const tools = readings.flatMap((reading) => reading.tools);
        return { source: 'said', readings, tools, hasResponse: true, response: record.value };
      }
      case 'exchange': {
        for (const chunk of record.exchange.body) bytes += chunk.byteLength;
        const read = bytes > mostBytes ? undefined : parseExchange(record.exchange);
        if (read === undefined || read.readings.length === 0) return nothing;
        const { response } = read;
        const readings = read.readings.map(complete(response));
        const tools = readings.flatMap((reading) => reading.tools);
        return { source: 'seen', readings, tools, hasResponse: !isEmbedding(response), response };
      }
      case 'span':
        return {
          ...nothing,
          source: 'spanned',
          readings: [record.reading],
          tools: record.reading.tools,
        };
      case 'mcp-request':
        return { ...nothing, tools: calledTool(record.body) };
      case 'tool':
        return { ...nothing, tools: [record.name] };
      case 'tokens':
        return nothing;
    }
  };
}

/** An embedding has no completion, which is not unknown then. */
function complete(response: unknown): (reading: ParsedUsage) => ParsedUsage {
  if (!isEmbedding(response)) return (reading) => reading;
  return ({ usage, ...reading }) => ({
    ...reading,
    usage: { ...usage, completionTokens: usage.completionTokens ?? 0 },
  });
}

/** Thousands of numbers, which nobody reads. */
function isEmbedding(response: unknown): boolean {
  const [first] = itemsField(response, 'data');
  return (
    field(response, 'embedding', 'embeddings') !== undefined ||
    field(first, 'embedding') !== undefined
  );
}

function addCalls(calls: Call[], notice: Notice): void {
  for (const reading of notice.readings) {
    // Two answers that a handler kept are two calls, whatever they say.
    const same = notice.source === 'said' ? undefined : findSame(calls, reading, notice.source);
    if (same === undefined) {
      calls.push({
        id: reading.id,
        usage: reading.usage,
        notices: { [notice.source]: notice },
      });
    } else {
      calls[calls.indexOf(same)] = {
        id: same.id ?? reading.id,
        usage: knownOf(same.usage, reading.usage),
        notices: { ...same.notices, [notice.source]: notice },
      };
    }
  }
}

/** The same call, noticed by somebody else: by its id, or by its numbers where one has no id. */
function findSame(
  calls: readonly Call[],
  { id, usage }: ParsedUsage,
  source: Source,
): Call | undefined {
  const others = calls.filter(({ notices }) => notices[source] === undefined);
  return (
    others.find((call) => id !== undefined && call.id === id) ??
    others.find(
      (call) =>
        (id === undefined || call.id === undefined) &&
        call.usage.promptTokens === usage.promptTokens &&
        call.usage.completionTokens === usage.completionTokens,
    )
  );
}

function knownOf(one: LlmUsage, other: LlmUsage): LlmUsage {
  return {
    promptTokens: one.promptTokens ?? other.promptTokens,
    completionTokens: one.completionTokens ?? other.completionTokens,
    cacheReadTokens: one.cacheReadTokens ?? other.cacheReadTokens,
    reasoningTokens: one.reasoningTokens ?? other.reasoningTokens,
  };
}

interface Counts {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

function sumOf(calls: readonly Call[], records: readonly LlmRecord[]): UsageSummary['tokens'] {
  const read: Counts[] = calls.map(({ usage }) => usage);
  // Not those of answers that the handler has kept: it says what it says.
  const unclaimed = calls.filter(({ notices }) => !notices.said).map(({ usage }) => usage);
  const byHand = records
    .filter((record) => record.kind === 'tokens')
    .filter((record) => !claim(unclaimed, record))
    .map(({ promptTokens = 0, completionTokens = 0 }) => ({ promptTokens, completionTokens }));
  const total = [...read, ...byHand].reduce(plus, { promptTokens: null, completionTokens: null });
  const { promptTokens, completionTokens } = total;
  return promptTokens === null || completionTokens === null
    ? null
    : { promptTokens, completionTokens };
}

/** Whether tokens that the handler has counted are those of a call, or of all, that were read. */
function claim(
  unclaimed: Counts[],
  { promptTokens, completionTokens }: { promptTokens?: number; completionTokens?: number },
): boolean {
  const isCounted = (counts: Counts): boolean =>
    counts.promptTokens === promptTokens && counts.completionTokens === completionTokens;
  const index = unclaimed.findIndex(isCounted);
  if (index !== -1) {
    unclaimed.splice(index, 1);
    return true;
  }
  if (unclaimed.length < 2 || !isCounted(unclaimed.reduce(plus))) return false;
  unclaimed.length = 0;
  return true;
}

function plus(one: Counts, other: Counts): Counts {
  return {
    promptTokens: plusKnown(one.promptTokens, other.promptTokens),
    completionTokens: plusKnown(one.completionTokens, other.completionTokens),
  };
}

function plusKnown(one: number | null, other: number | null): number | null {
  return one === null ? other : one + (other ?? 0);
}

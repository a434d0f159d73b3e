import { createParsedUsage, type ParsedUsage } from '../parsed-usage/parsed-usage.ts';
import { decodedBody } from '../wire/decoded-body.ts';
import { responseValues } from '../wire/response-values.ts';
import { assembleStream } from './assemble-stream.ts';
import {
  type BedrockCounts,
  bedrockHeaderCounts,
  bedrockStreamCounts,
} from './bedrock-token-counts.ts';
import { parseResponse } from './parse-response.ts';
import { idsOfEvents } from './stream-ids.ts';

/** The HTTP response to one LLM call. */
export interface LlmExchange {
  /** In full. */
  readonly url: string;
  readonly status: number;
  /** Of the response, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came over the wire: maybe compressed, see `content-encoding`, and maybe cut. */
  readonly body: readonly Uint8Array[];
  /** Whether the connection broke, the call was aborted, or the body is over a bound. */
  readonly isCut: boolean;
}

export interface ParsedExchange {
  /** The plain response, or a stream put together as if the call had not been streamed. */
  readonly response: unknown;
  /** Empty for an error. */
  readonly usages: readonly ParsedUsage[];
}

/**
 * Parses the HTTP response to an LLM call. A stream counts as far as its own events settle the
 * numbers, whether or not it is known to be cut.
 *
 * @returns undefined if there is nothing to understand
 */
export function parseExchange(exchange: LlmExchange): ParsedExchange | undefined {
  try {
    const { status, headers } = exchange;
    const body = decodedBody(exchange.body, headers['content-encoding'] ?? '');
    if (body === undefined) return undefined;
    const values = responseValues(body, headers['content-type'] ?? '');
    return values.kind === 'stream'
      ? parseStream(values.events, values.isEnded, exchange)
      : parsePlain(values.value, status, exchange);
  } catch {
    return undefined;
  }
}

function parsePlain(
  response: unknown,
  status: number,
  exchange: LlmExchange,
): ParsedExchange | undefined {
  if (response === undefined) return undefined;
  if (status >= 400) return { response, usages: [] };
  const counts = bedrockHeaderCounts(exchange.headers);
  return { response, usages: completed(parseResponse(response), counts, exchange) };
}

function parseStream(
  events: readonly unknown[],
  isEnded: boolean,
  exchange: LlmExchange,
): ParsedExchange | undefined {
  const counts = bedrockStreamCounts(events);
  const assembled = assembleStream(events, isEnded);
  // Amazon Bedrock counts the tokens of models whose events nobody else understands.
  const response = assembled ?? (isCounted(counts) ? events : undefined);
  if (response === undefined) return undefined;
  if (exchange.status >= 400) return { response, usages: [] };
  const ids = idsOfEvents(events);
  const usages = assembled === undefined ? [] : parseResponse(assembled);
  return {
    response,
    usages: completed(usages, counts, exchange).map((parsed) => withIds(parsed, ids)),
  };
}

function withIds(parsed: ParsedUsage, ids: readonly string[]): ParsedUsage {
  const otherIds = ids.filter((id) => id !== parsed.id);
  return ids.length < 2 || parsed.id === undefined || otherIds.length === ids.length
    ? parsed
    : { ...parsed, otherIds };
}

/** Adds the facts that only the headers and the address have. */
function completed(
  usages: readonly ParsedUsage[],
  counts: BedrockCounts,
  { url, headers }: LlmExchange,
): readonly ParsedUsage[] {
  const unknown = createParsedUsage({ provider: 'bedrock', id: undefined, model: undefined });
  const known = usages.length === 0 && isCounted(counts) ? [unknown] : usages;
  const requestId = headers['x-amzn-requestid'] ?? headers['x-request-id'];
  return known.map(({ usage, ...parsed }) =>
    createParsedUsage({
      ...parsed,
      id: parsed.id ?? (known.length === 1 ? requestId : undefined),
      model: parsed.model ?? modelInAddress(url),
      usage: {
        ...usage,
        promptTokens: usage.promptTokens ?? counts.promptTokens,
        completionTokens: usage.completionTokens ?? counts.completionTokens,
        cacheReadTokens: usage.cacheReadTokens ?? counts.cacheReadTokens,
        cacheWriteTokens: usage.cacheWriteTokens ?? counts.cacheWriteTokens,
      },
    }),
  );
}

function isCounted({ promptTokens, completionTokens }: BedrockCounts): boolean {
  return promptTokens !== null || completionTokens !== null;
}

/** Amazon Bedrock, Gemini and Azure OpenAI name the model in the path. */
function modelInAddress(url: string): string | undefined {
  const [, bedrock, gemini, azure] =
    /\/model\/([^/?]+)\/|\/models\/([^/:?]+):|\/deployments\/([^/?]+)\//.exec(url) ?? [];
  const model = bedrock ?? gemini ?? azure;
  try {
    return model && decodeURIComponent(model);
  } catch {
    return model;
  }
}

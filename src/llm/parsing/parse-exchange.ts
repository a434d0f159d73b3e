import { createParsedUsage, type ParsedUsage } from '../providers/parsed-usage.ts';
import { decodedBody } from '../wire/decoded-body.ts';
import { responseValues } from '../wire/response-values.ts';
import { assembleStream } from './assemble-stream.ts';
import {
  type BedrockCounts,
  bedrockHeaderCounts,
  bedrockStreamCounts,
} from './bedrock-token-counts.ts';
import { parseResponse } from './parse-response.ts';

/** What came back over HTTP for one call. */
export interface LlmExchange {
  /** In full. */
  readonly url: string;
  readonly status: number;
  /** Those of the response, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came over the wire: still compressed if `content-encoding` says so, maybe cut. */
  readonly body: readonly Uint8Array[];
  /** The connection broke, it was aborted, or the body is over the bound of who kept it. */
  readonly isCut: boolean;
}

export interface ParsedExchange {
  /** The plain answer, or a streamed one put together as if it had not been streamed. */
  readonly response: unknown;
  /** Empty for an error. */
  readonly readings: readonly ParsedUsage[];
}

/**
 * Reads what an LLM answered. A stream counts as far as its own events settle the numbers,
 * whether or not it is known to be cut.
 *
 * @returns undefined when there is nothing to understand
 */
export function parseExchange(exchange: LlmExchange): ParsedExchange | undefined {
  try {
    const { status, headers } = exchange;
    const body = decodedBody(exchange.body, headers['content-encoding'] ?? '');
    if (body === undefined) return undefined;
    const values = responseValues(body, headers['content-type'] ?? '');
    const isStream = values.kind === 'stream';
    const response = isStream ? assembleStream(values.events) : values.value;
    if (response === undefined) return undefined;
    if (status >= 400) return { response, readings: [] };
    const counts = isStream ? bedrockStreamCounts(values.events) : bedrockHeaderCounts(headers);
    return { response, readings: completed(parseResponse(response), counts, exchange) };
  } catch {
    return undefined;
  }
}

/** Adds what only the headers and the address tell. */
function completed(
  readings: readonly ParsedUsage[],
  counts: BedrockCounts,
  { url, headers }: LlmExchange,
): readonly ParsedUsage[] {
  const isCounted = counts.promptTokens !== null || counts.completionTokens !== null;
  const unknown = createParsedUsage({ provider: 'bedrock', id: undefined, model: undefined });
  const known = readings.length === 0 && isCounted ? [unknown] : readings;
  return known.map(({ usage, ...reading }) =>
    createParsedUsage({
      ...reading,
      id: reading.id ?? headers['x-amzn-requestid'] ?? headers['x-request-id'],
      model: reading.model ?? modelInAddress(url),
      usage: {
        ...usage,
        promptTokens: usage.promptTokens ?? counts.promptTokens,
        completionTokens: usage.completionTokens ?? counts.completionTokens,
        cacheReadTokens: usage.cacheReadTokens ?? counts.cacheReadTokens,
      },
    }),
  );
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

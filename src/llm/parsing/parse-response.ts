import { createParsedUsage, type ParsedUsage } from '../parsed-usage/parsed-usage.ts';
import { allProviders } from '../providers/all-providers.ts';
import { isStreamResult } from '../providers/vercel-ai.ts';
import { maxBodyLength } from '../wire/decoded-body.ts';
import { parsedJson } from '../wire/parsed-json.ts';
import { field, items, readBounded, textField } from '../wire/read-fields.ts';
import { assembleStream } from './assemble-stream.ts';

/** Values read in all, those in nested lists included. */
const maxValues = 10_000;
/** Lists and texts within each other. */
const maxDepth = 4;

interface Bounds {
  left: number;
}

/**
 * Parses an LLM response by its format: the JSON of the wire, its text or bytes, an object of a
 * client library, a list of these, or all events of one stream. It can hold several calls.
 *
 * @returns [] if the format is unknown
 */
export function parseResponse(raw: unknown): readonly ParsedUsage[] {
  try {
    return readBounded(() => parseValue(raw, maxDepth, { left: maxValues }));
  } catch {
    return [];
  }
}

function parseValue(raw: unknown, depth: number, bounds: Bounds): readonly ParsedUsage[] {
  bounds.left -= 1;
  if (depth === 0 || bounds.left < 0) return [];
  if (Array.isArray(raw)) return parseList(items(raw, maxValues), depth, bounds);
  const text = jsonText(raw);
  if (text !== undefined) return parseValue(parsedJson(text), depth - 1, bounds);
  const usages = parseObject(raw);
  if (usages.length > 0) return usages;
  // The AWS SDK leaves the body of InvokeModel as bytes.
  const body = jsonText(field(raw, 'body'));
  const id = textField(field(raw, '$metadata'), 'requestId');
  return body === undefined
    ? []
    : parseValue(parsedJson(body), depth - 1, bounds).map((parsed) =>
        createParsedUsage({ ...parsed, id: parsed.id ?? id, model: parsed.model }),
      );
}

function parseObject(raw: unknown): readonly ParsedUsage[] {
  if (isStreamResult(raw)) return [];
  for (const provider of allProviders) {
    const usages = provider.parse(raw);
    if (usages.length > 0) return usages;
  }
  return [];
}

function parseList(
  list: readonly unknown[],
  depth: number,
  bounds: Bounds,
): readonly ParsedUsage[] {
  const usages = list.flatMap((item) => parseValue(item, depth - 1, bounds));
  const [first, ...others] = usages;
  // Chunks that have the format of a response share its id.
  const isStream =
    first === undefined ||
    (first.id !== undefined && others.length > 0 && others.every(({ id }) => id === first.id));
  const assembled = isStream ? assembleStream(list, false) : undefined;
  return assembled === undefined ? usages : parseObject(assembled);
}

/** The text of a response that nobody has parsed yet. */
function jsonText(raw: unknown): string | undefined {
  const isBytes = raw instanceof Uint8Array && raw.length <= maxBodyLength;
  const text = isBytes ? Buffer.from(raw).toString('utf8') : raw;
  return typeof text === 'string' && text.length <= maxBodyLength && /^\s*[[{]/.test(text)
    ? text
    : undefined;
}

import { allProviders } from '../providers/all-providers.ts';
import { createParsedUsage, type ParsedUsage } from '../providers/parsed-usage.ts';
import { maxBodyLength } from '../wire/decoded-body.ts';
import { parsedJson } from '../wire/parsed-json.ts';
import { field, items, readBounded, textField } from '../wire/read-fields.ts';
import { assembleStream } from './assemble-stream.ts';

/** Values looked at in all, lists within lists included. */
const maxValues = 10_000;
/** Lists and texts within each other. */
const maxDepth = 4;

interface Bounds {
  left: number;
}

/**
 * Reads an answer of an LLM by its shape: the JSON of the wire, its text or bytes, an object of a
 * client, a list of these, or all events of one stream. It can hold several calls: one reading
 * each.
 *
 * @returns [] when the shape is unknown
 */
export function parseResponse(raw: unknown): readonly ParsedUsage[] {
  try {
    return readBounded(() => readValue(raw, maxDepth, { left: maxValues }));
  } catch {
    return [];
  }
}

function readValue(raw: unknown, depth: number, bounds: Bounds): readonly ParsedUsage[] {
  bounds.left -= 1;
  if (depth === 0 || bounds.left < 0) return [];
  if (Array.isArray(raw)) return readList(items(raw, maxValues), depth, bounds);
  const text = jsonText(raw);
  if (text !== undefined) return readValue(parsedJson(text), depth - 1, bounds);
  const readings = readAnswer(raw);
  if (readings.length > 0) return readings;
  // The AWS SDK leaves the body of InvokeModel as bytes.
  const body = jsonText(field(raw, 'body'));
  const id = textField(field(raw, '$metadata'), 'requestId');
  return body === undefined
    ? []
    : readValue(parsedJson(body), depth - 1, bounds).map((reading) =>
        createParsedUsage({ ...reading, id: reading.id ?? id, model: reading.model }),
      );
}

function readAnswer(raw: unknown): readonly ParsedUsage[] {
  for (const provider of allProviders) {
    const readings = provider.read(raw);
    if (readings.length > 0) return readings;
  }
  return [];
}

function readList(list: readonly unknown[], depth: number, bounds: Bounds): readonly ParsedUsage[] {
  const readings = list.flatMap((item) => readValue(item, depth - 1, bounds));
  const [first, ...others] = readings;
  // Chunks that look like answers share the id of the one that they make up.
  const isStream =
    first === undefined ||
    (first.id !== undefined && others.length > 0 && others.every(({ id }) => id === first.id));
  const assembled = isStream ? assembleStream(list) : undefined;
  return assembled === undefined ? readings : readAnswer(assembled);
}

/** The text of an answer that has not been parsed yet. */
function jsonText(raw: unknown): string | undefined {
  const isBytes = raw instanceof Uint8Array && raw.length <= maxBodyLength;
  const text = isBytes ? Buffer.from(raw).toString('utf8') : raw;
  return typeof text === 'string' && text.length <= maxBodyLength && /^\s*[[{]/.test(text)
    ? text
    : undefined;
}

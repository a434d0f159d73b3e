import { awsEvents } from './aws-event-stream.ts';
import { jsonLines, jsonListItems } from './json-items.ts';
import { parsedJson } from './parsed-json.ts';
import { serverSentData } from './server-sent-events.ts';

/** What a body holds: one value, or the events of a stream. */
export type ResponseValues =
  | { readonly kind: 'plain'; readonly value: unknown }
  | { readonly kind: 'stream'; readonly events: readonly unknown[] };

/** Reads a body by its content type or, where that says little, by how it begins. */
export function responseValues(body: Buffer, contentType: string): ResponseValues {
  if (/amazon\.eventstream/i.test(contentType)) return stream(awsEvents(body));
  const text = new TextDecoder().decode(body);
  if (/event-stream/i.test(contentType)) return stream(sentEvents(text));
  if (/ndjson|jsonl|stream\+json/i.test(contentType)) return stream(jsonLines(text));
  const value = parsedJson(text);
  if (Array.isArray(value)) return stream(value);
  if (value !== undefined) return { kind: 'plain', value };
  const [, beginning] = /^\s*(\{|\[|:|[a-z]+:)/.exec(text) ?? [];
  switch (beginning) {
    case undefined:
      return { kind: 'plain', value: undefined };
    case '{':
      return stream(jsonLines(text));
    case '[':
      return stream(jsonListItems(text));
    default:
      return stream(sentEvents(text));
  }
}

function stream(events: readonly unknown[]): ResponseValues {
  return { kind: 'stream', events: events.filter((event) => event !== undefined) };
}

/** Marks of the end, such as `[DONE]`, are no JSON. */
function sentEvents(text: string): readonly unknown[] {
  return serverSentData(text).map(parsedJson);
}

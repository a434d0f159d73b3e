import { awsEvents, awsFrames, payloadParts } from './aws-event-stream.ts';
import { jsonLines, jsonListItems } from './json-items.ts';
import { parsedJson } from './parsed-json.ts';
import { serverSentData } from './server-sent-events.ts';

/** The content of a body: one value, or the events of a stream. */
export type ResponseValues =
  | { readonly kind: 'plain'; readonly value: unknown }
  | { readonly kind: 'stream'; readonly events: readonly unknown[]; readonly isEnded: boolean };

/** Reads a body by its content type or, if that is not specific, by how it begins. */
export function responseValues(body: Buffer, contentType: string): ResponseValues {
  if (/amazon\.eventstream/i.test(contentType)) {
    const frames = awsFrames(body);
    const parts = payloadParts(frames);
    // Amazon SageMaker cuts the stream of the model's own server into parts.
    return parts === undefined ? stream(awsEvents(frames)) : responseValues(parts, '');
  }
  const text = new TextDecoder().decode(body);
  if (/event-stream/i.test(contentType)) return sentEvents(text);
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
      return sentEvents(text);
  }
}

function stream(events: readonly unknown[], isEnded = false): ResponseValues {
  return { kind: 'stream', events: events.filter((event) => event !== undefined), isEnded };
}

function sentEvents(text: string): ResponseValues {
  const data = serverSentData(text);
  return stream(data.map(parsedJson), data.at(-1)?.trim() === endMark);
}

// OpenAI's; not JSON.
const endMark = '[DONE]';

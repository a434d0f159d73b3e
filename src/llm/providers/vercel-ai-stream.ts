/** The stream of the Vercel AI Gateway: the parts of the AI SDK's language models, as events. */

import { append, putAll } from '../parsed-usage/merge-chunks.ts';
import { type Fields, field, isObject } from '../wire/read-fields.ts';

const first: readonly unknown[] = ['stream-start', 'response-metadata'];

export function isVercelPart(event: unknown): boolean {
  const type = field(event, 'type');
  return first.includes(type) || (type === 'finish' && isObject(field(event, 'usage')));
}

export function assembleVercelStream(events: readonly unknown[]): unknown {
  // Unknown until the last part.
  const result: Fields = { finishReason: 'unknown', usage: { inputTokens: null } };
  const metadata: Fields = {};
  const text: Fields = {};
  const content: unknown[] = [];
  for (const event of events) {
    switch (field(event, 'type')) {
      case 'response-metadata':
        putAll(metadata, event, ['type']);
        break;
      case 'text-delta':
        append(text, 'text', field(event, 'delta', 'textDelta'));
        break;
      case 'tool-call':
        content.push(event);
        break;
      case 'finish':
        putAll(result, event, ['type']);
    }
  }
  if (typeof text['text'] === 'string') content.unshift({ type: 'text', text: text['text'] });
  return { content, ...result, response: metadata };
}

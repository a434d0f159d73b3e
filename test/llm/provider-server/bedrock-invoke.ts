/** Bedrock's InvokeModel and InvokeModelWithResponseStream: each family of models in its own words. */

import { anthropicEvents, anthropicMessage } from './anthropic-messages.ts';
import {
  bedrockError,
  bedrockHeaders,
  eventStreamHeaders,
  streamError,
} from './bedrock-converse.ts';
import { eventMessage } from './event-stream.ts';
import type { Said, Usage } from './said.ts';
import { type Asked, json, type Wire, type WireAnswer } from './wire.ts';

export const bedrockInvoke: Wire = { plain, stream, streamError, error: bedrockError };

interface Family {
  readonly plain: (said: Said, asked: Asked) => object;
  readonly stream: (said: Said, asked: Asked) => readonly object[];
}

const anthropic: Family = { plain: anthropicMessage, stream: anthropicEvents };

const nova: Family = {
  plain: (said) => ({
    output: { message: { content: [{ text: said.pieces.join('') }], role: 'assistant' } },
    stopReason: 'end_turn',
    ...(said.usage && { usage: novaUsage(said.usage) }),
  }),
  stream: (said) => [
    { messageStart: { role: 'assistant' } },
    ...said.pieces.map((text) => ({
      contentBlockDelta: { delta: { text }, contentBlockIndex: 0 },
    })),
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: 'end_turn' } },
    { metadata: { ...(said.usage && { usage: novaUsage(said.usage) }), metrics: {}, trace: {} } },
  ],
};

const llama: Family = {
  plain: ({ pieces, usage }) => ({
    generation: pieces.join(''),
    prompt_token_count: usage?.input ?? null,
    generation_token_count: usage?.output ?? null,
    stop_reason: 'stop',
  }),
  stream: ({ pieces, usage }) =>
    pieces.map((generation, index) => ({
      generation,
      prompt_token_count: index === 0 ? (usage?.input ?? null) : null,
      generation_token_count: index === pieces.length - 1 ? (usage?.output ?? null) : index + 1,
      stop_reason: index === pieces.length - 1 ? 'stop' : null,
    })),
};

const families: Readonly<Record<string, Family>> = { anthropic, amazon: nova, meta: llama };

function plain(said: Said, asked: Asked): WireAnswer {
  const counts = said.usage && {
    'x-amzn-bedrock-input-token-count': String(said.usage.input),
    'x-amzn-bedrock-output-token-count': String(said.usage.output + said.usage.reasoning),
  };
  const headers = {
    ...bedrockHeaders(asked.id),
    'x-amzn-bedrock-invocation-latency': '12',
    ...counts,
  };
  return json(familyOf(asked.model).plain(said, asked), headers);
}

function stream(said: Said, asked: Asked): WireAnswer {
  const { usage } = said;
  const metrics = usage && {
    'amazon-bedrock-invocationMetrics': {
      inputTokenCount: usage.input,
      outputTokenCount: usage.output + usage.reasoning,
      invocationLatency: 12,
      firstByteLatency: 3,
    },
  };
  const events = familyOf(asked.model).stream(said, asked);
  return {
    headers: { ...eventStreamHeaders(asked.id), 'x-amzn-bedrock-content-type': 'application/json' },
    pieces: events.map((event, index) =>
      chunk(index === events.length - 1 ? { ...event, ...metrics } : event),
    ),
  };
}

function chunk(event: object): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  return eventMessage('chunk', { bytes, p: 'abcd' });
}

function familyOf(model: string): Family {
  const family = families[model.replace(/^(us|eu)\./, '').split('.')[0] ?? ''];
  if (family === undefined) throw new RangeError(`The model "${model}" is of no known family.`);
  return family;
}

function novaUsage({ input, cached, output, reasoning }: Usage): object {
  return {
    inputTokens: input,
    outputTokens: output + reasoning,
    totalTokens: input + cached + output + reasoning,
    cacheReadInputTokenCount: cached,
    cacheWriteInputTokenCount: 0,
  };
}

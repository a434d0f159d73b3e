/** Bedrock's Converse and ConverseStream, see its API reference. */

import { eventMessage, exceptionMessage } from './event-stream.ts';
import { halves } from './openai-chat.ts';
import type { Said, Usage } from './said.ts';
import { type Asked, json, type Wire, type WireAnswer } from './wire.ts';

export const bedrockConverse: Wire = { plain, stream, streamError, error: bedrockError };

export function bedrockHeaders(id: string): Record<string, string> {
  return { 'x-amzn-requestid': `11111111-2222-4333-8444-${id.padStart(12, '0')}` };
}

function plain(said: Said, { id }: Asked): WireAnswer {
  const body = {
    metrics: { latencyMs: 12 },
    output: {
      message: {
        content: [
          { text: said.refusal ?? said.pieces.join('') },
          ...said.toolCalls.map(({ id: toolUseId, name, input }) => ({
            toolUse: { input, name, toolUseId },
          })),
        ],
        role: 'assistant',
      },
    },
    stopReason: stopReason(said),
    ...(said.usage && { usage: usageOf(said.usage) }),
  };
  return json(body, bedrockHeaders(id));
}

function stream(said: Said, { id: answerId }: Asked): WireAnswer {
  const padding = { p: 'abcdefghij' };
  const pieces = said.refusal === undefined ? said.pieces : [said.refusal];
  const events = [
    eventMessage('messageStart', { ...padding, role: 'assistant' }),
    ...pieces.map((text) =>
      eventMessage('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, ...padding }),
    ),
    eventMessage('contentBlockStop', { contentBlockIndex: 0, ...padding }),
    ...said.toolCalls.flatMap(({ id, name, input }, position) => {
      const contentBlockIndex = position + 1;
      const start = { toolUse: { name, toolUseId: id } };
      return [
        eventMessage('contentBlockStart', { contentBlockIndex, start, ...padding }),
        ...halves(JSON.stringify(input)).map((part) =>
          eventMessage('contentBlockDelta', {
            contentBlockIndex,
            delta: { toolUse: { input: part } },
            ...padding,
          }),
        ),
        eventMessage('contentBlockStop', { contentBlockIndex, ...padding }),
      ];
    }),
    eventMessage('messageStop', { ...padding, stopReason: stopReason(said) }),
    eventMessage('metadata', {
      metrics: { latencyMs: 12 },
      ...padding,
      ...(said.usage && { usage: usageOf(said.usage) }),
    }),
  ];
  return { headers: eventStreamHeaders(answerId), pieces: events };
}

export function eventStreamHeaders(id: string): Record<string, string> {
  return { ...bedrockHeaders(id), 'content-type': 'application/vnd.amazon.eventstream' };
}

export function streamError(message: string): Uint8Array {
  return exceptionMessage('modelStreamErrorException', { message });
}

export function bedrockError(status: number, message: string): WireAnswer {
  const types: Record<number, string> = { 400: 'ValidationException', 429: 'ThrottlingException' };
  const type = types[status] ?? 'InternalServerException';
  return json(
    { message },
    { ...bedrockHeaders('0'), 'x-amzn-errortype': `${type}:http://internal/` },
  );
}

function stopReason({ refusal, toolCalls }: Said): string {
  if (refusal !== undefined) return 'guardrail_intervened';
  return toolCalls.length > 0 ? 'tool_use' : 'end_turn';
}

/** `inputTokens` is without what was read from the cache. */
function usageOf({ input, cached, output, reasoning }: Usage): object {
  return {
    inputTokens: input,
    outputTokens: output + reasoning,
    totalTokens: input + cached + output + reasoning,
    ...(cached > 0 && { cacheReadInputTokens: cached, cacheWriteInputTokens: 0 }),
  };
}

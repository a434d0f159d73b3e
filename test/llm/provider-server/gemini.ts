/** Google's generateContent, see https://ai.google.dev/api/generate-content. */

import type { Said, Usage } from './said.ts';
import { type Asked, json, serverSentEvents, type Wire, type WireAnswer } from './wire.ts';

export const gemini: Wire = { plain, stream, streamError, error };

const statuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
};

function plain(said: Said, asked: Asked): WireAnswer {
  const parts = [{ text: said.pieces.join('') }, ...callsOf(said)];
  return json(part(said, asked, parts, 'STOP', said.usage));
}

/** Every event tells the usage so far. */
function stream(said: Said, asked: Asked): WireAnswer {
  const { usage } = said;
  const soFar = usage && { ...usage, output: 1, reasoning: 0 };
  const last = part(said, asked, [{ text: '' }, ...callsOf(said)], 'STOP', usage);
  const parts = said.refusal === undefined ? said.pieces : [];
  return serverSentEvents([
    ...parts.map((text) => event(part(said, asked, [{ text }], undefined, soFar))),
    event(last),
  ]);
}

function part(
  { refusal }: Said,
  { id, model }: Asked,
  parts: readonly object[],
  reason: string | undefined,
  usage: Usage | undefined,
): object {
  const candidate = {
    content: { parts, role: 'model' },
    ...(reason && { finishReason: reason }),
    index: 0,
  };
  return {
    ...(refusal === undefined
      ? { candidates: [candidate] }
      : { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }),
    ...(usage && { usageMetadata: usageOf(usage, refusal !== undefined) }),
    modelVersion: model,
    responseId: `response-${id}`,
  };
}

function callsOf({ toolCalls }: Said): object[] {
  return toolCalls.map(({ name, input }) => ({ functionCall: { name, args: input } }));
}

/** The prompt has the cached tokens in it; the candidates are without the thoughts. */
function usageOf({ input, cached, output, reasoning }: Usage, isBlocked: boolean): object {
  const prompt = input + cached;
  const details = { promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }] };
  if (isBlocked) return { promptTokenCount: prompt, totalTokenCount: prompt, ...details };
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: output,
    totalTokenCount: prompt + output + reasoning,
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    ...details,
  };
}

function streamError(message: string): string {
  return event({ error: { code: 500, message, status: 'INTERNAL' } });
}

function error(status: number, message: string): WireAnswer {
  return json({ error: { code: status, message, status: statuses[status] ?? 'UNKNOWN' } });
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\r\n\r\n`;
}

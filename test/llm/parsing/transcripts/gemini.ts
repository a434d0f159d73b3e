import type { ParsedUsage } from '../../../../src/llm/parsed-usage/parsed-usage.ts';
import { json, sentData, type Transcript, usageOf } from '../transcript.ts';

const base = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash';
const facts = { modelVersion: 'gemini-2.5-flash', responseId: 'mAitaLmkHPPlz7IPvtfUqQ4' };

function candidate(parts: readonly object[], more: object = {}): object {
  return { content: { parts, role: 'model' }, index: 0, ...more };
}

const usageMetadata = {
  promptTokenCount: 54,
  cachedContentTokenCount: 20,
  candidatesTokenCount: 22,
  thoughtsTokenCount: 113,
  toolUsePromptTokenCount: 7,
  totalTokenCount: 196,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 54 }],
};
const parts = [
  { text: 'Ich schaue: Köln.' },
  { functionCall: { id: 'f1', name: 'get_weather', args: { city: 'Köln' } } },
  { functionCall: { name: 'get_time', args: {} } },
];

const geminiRead: ParsedUsage = {
  provider: 'gemini',
  id: 'mAitaLmkHPPlz7IPvtfUqQ4',
  model: 'gemini-2.5-flash',
  usage: usageOf(61, 135, { cacheReadTokens: 20, reasoningTokens: 113 }),
  tools: ['get_weather', 'get_time'],
};

const geminiAnswer: object = {
  candidates: [candidate(parts, { finishReason: 'STOP', avgLogprobs: -0.1 })],
  usageMetadata,
  ...facts,
};

const simple = { promptTokenCount: 54, cachedContentTokenCount: 20 };
const chunks = [
  {
    candidates: [candidate([{ text: 'Ich ' }])],
    usageMetadata: { ...simple, candidatesTokenCount: 2, totalTokenCount: 56 },
    ...facts,
  },
  {
    candidates: [candidate([{ text: 'schaue: Köln.' }])],
    usageMetadata: { ...simple, candidatesTokenCount: 9, totalTokenCount: 63 },
    ...facts,
  },
  {
    candidates: [candidate(parts.slice(1), { finishReason: 'STOP' })],
    usageMetadata: {
      ...simple,
      candidatesTokenCount: 22,
      thoughtsTokenCount: 113,
      totalTokenCount: 189,
    },
    ...facts,
  },
];
const streamRead = {
  ...geminiRead,
  usage: usageOf(54, 135, { cacheReadTokens: 20, reasoningTokens: 113 }),
};
const streamed = { candidates: [candidate(parts, { finishReason: 'STOP' })] };

export const geminiPlain: readonly Transcript[] = [
  {
    name: 'Gemini with calls of tools',
    url: `${base}:generateContent`,
    ...json(geminiAnswer),
    parsed: geminiRead,
  },
  {
    name: 'Gemini, all thought and no answer',
    url: `${base}:generateContent`,
    ...json({
      candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
      usageMetadata: { promptTokenCount: 9, totalTokenCount: 59, thoughtsTokenCount: 50 },
      ...facts,
    }),
    parsed: { ...geminiRead, usage: usageOf(9, 50, { reasoningTokens: 50 }), tools: [] },
  },
  {
    name: 'Gemini, prompt refused',
    url: `${base}:generateContent`,
    ...json({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
    }),
    parsed: { provider: 'gemini', model: 'gemini-2.5-flash', usage: usageOf(9, 0), tools: [] },
  },
  {
    name: 'Gemini, empty answer whose count is left out',
    url: `${base}:generateContent`,
    ...json({
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
      ...facts,
    }),
    parsed: { ...geminiRead, usage: usageOf(9, 0), tools: [] },
  },
  {
    name: 'Gemini, blocked answer',
    url: `${base}:generateContent`,
    ...json({
      candidates: [{ content: {}, finishReason: 'SAFETY', safetyRatings: [{ blocked: true }] }],
      usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
      ...facts,
    }),
    parsed: { ...geminiRead, usage: usageOf(9, 0), tools: [] },
  },
  {
    name: "Gemini with Google's own tools, whose output is input again",
    url: `${base}:generateContent`,
    ...json({
      candidates: [
        {
          content: {
            role: 'model',
            parts: [{ executableCode: { language: 'PYTHON', code: '1' } }, { text: 'Hi' }],
          },
          ...{ finishReason: 'STOP', urlContextMetadata: { urlMetadata: [] } },
          groundingMetadata: { webSearchQueries: ['weather'] },
        },
      ],
      usageMetadata: {
        ...{ promptTokenCount: 9, toolUsePromptTokenCount: 50, candidatesTokenCount: 20 },
        ...{ thoughtsTokenCount: 11, totalTokenCount: 90 },
      },
      ...facts,
    }),
    parsed: {
      ...geminiRead,
      usage: usageOf(59, 31, { reasoningTokens: 11 }),
      tools: ['code_execution', 'google_search', 'url_context'],
    },
  },
];

export const geminiStreams: readonly Transcript[] = [
  {
    name: 'Gemini with enums as integers',
    url: `${base}:streamGenerateContent?%24alt=json%3Benum-encoding%3Dint`,
    ...json([
      {
        candidates: [{ content: { role: 'model', parts: [{ text: 'H' }] }, finishReason: 0 }],
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1, totalTokenCount: 10 },
        ...facts,
      },
      {
        candidates: [{ content: { role: 'model', parts: [{ text: 'i' }] }, finishReason: 1 }],
        usageMetadata: {
          ...{ promptTokenCount: 9, candidatesTokenCount: 16, thoughtsTokenCount: 232 },
          totalTokenCount: 257,
        },
        ...facts,
      },
    ]),
    parsed: { ...geminiRead, usage: usageOf(9, 248, { reasoningTokens: 232 }), tools: [] },
  },
  {
    name: 'Gemini, preliminary counts that the last chunk does not have',
    url: `${base}:streamGenerateContent?alt=sse`,
    ...sentData(
      [
        {
          candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] } }],
          usageMetadata: {
            ...{ promptTokenCount: 9, candidatesTokenCount: 7, thoughtsTokenCount: 3 },
            totalTokenCount: 19,
          },
          ...facts,
        },
        {
          candidates: [{ content: { role: 'model', parts: [] }, finishReason: 'SAFETY' }],
          usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
          ...facts,
        },
      ],
      '',
    ),
    parsed: { ...geminiRead, usage: usageOf(9, 0), tools: [] },
  },
  {
    name: 'Gemini by server-sent events',
    url: `${base}:streamGenerateContent?alt=sse`,
    ...sentData(chunks, ''),
    parsed: streamRead,
    response: streamed,
  },
  {
    name: 'Gemini as a list',
    url: `${base}:streamGenerateContent`,
    ...json(chunks, { 'content-type': 'application/json; charset=UTF-8' }),
    parsed: streamRead,
    response: streamed,
  },
];

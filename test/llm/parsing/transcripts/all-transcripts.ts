import type { Transcript } from '../transcript.ts';
import { anthropicPlain, anthropicSearch, anthropicStreams } from './anthropic.ts';
import { bedrockPlain, bedrockStreams } from './bedrock.ts';
import { cloudPlain, cloudStreams } from './clouds.ts';
import { geminiPlain, geminiStreams } from './gemini.ts';
import { imitationPlain, imitationStreams } from './imitations.ts';
import { openAiPlain, openAiStreams } from './openai.ts';
import { otherPlain, otherStreams } from './others.ts';

export const plainAnswers: readonly Transcript[] = [
  ...openAiPlain,
  ...anthropicPlain,
  ...bedrockPlain,
  ...geminiPlain,
  ...otherPlain,
  ...imitationPlain,
  ...cloudPlain,
];

export const streams: readonly Transcript[] = [
  ...openAiStreams,
  ...anthropicStreams,
  anthropicSearch,
  ...bedrockStreams,
  ...geminiStreams,
  ...otherStreams,
  ...imitationStreams,
  ...cloudStreams,
];

/** What the model says, before a provider puts it into its own words. */

import type { Behaviour, Instructions } from './behaviour.ts';

export interface Said {
  /** The text, cut as it is streamed. */
  readonly pieces: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly refusal: string | undefined;
  readonly usage: Usage | undefined;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, string>>;
}

export interface Usage {
  /** Without the cached ones. */
  readonly input: number;
  readonly cached: number;
  /** Without the reasoning. */
  readonly output: number;
  readonly reasoning: number;
}

const words = ['Forty-two', ' is', ' the', ' answer', ', 🤖', ' says.'];

const toolCalls: readonly ToolCall[] = [
  { id: 'call_1', name: 'get_weather', input: { city: 'Zürich' } },
  { id: 'call_2', name: 'web_search', input: { query: 'the "question"' } },
  { id: 'call_3', name: 'get_weather', input: { city: 'Oslo' } },
];

export function saidBy({ behaviour, chunks, size }: Instructions): Said {
  return {
    pieces: Array.from({ length: chunks }, (_, index) =>
      (words[index % words.length] ?? '').padEnd(size, ' and more'),
    ),
    toolCalls: behaviour === 'tools' ? toolCalls : [],
    refusal: behaviour === 'refusal' ? 'I cannot help with that.' : undefined,
    usage: usageOf(behaviour),
  };
}

function usageOf(behaviour: Behaviour): Usage | undefined {
  if (behaviour === 'no-usage') return undefined;
  if (behaviour === 'cached') return { input: 21, cached: 1000, output: 9, reasoning: 100 };
  return { input: 21, cached: 0, output: 9, reasoning: 0 };
}

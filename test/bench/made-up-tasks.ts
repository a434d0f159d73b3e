/** Tasks as agents report them, any number, the same each time. */
import type { Version1Task } from '../local/store/version-1-file.ts';
import { randomNumbers } from './random-numbers.ts';

const models = ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'mistral-large'];
const tools = Array.from({ length: 40 }, (_, n) => `tool_${n}`);
const agents = Array.from({ length: 20 }, (_, n) => `agent-${n}`);
const spanMs = 30 * 24 * 60 * 60 * 1000;

/** Oldest first, over the last thirty days before `untilMs`. */
export function* madeUpTasks(count: number, untilMs: number): Generator<Version1Task> {
  const random = randomNumbers();
  // Squared: a few are used much, many seldom.
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() ** 2 * from.length)] as T;
  const syllables = 'ba be bi co da de fo ga hu in ka la le mi no or pa ri sa te un ve wi ya'.split(
    ' ',
  );
  const words = Array.from({ length: 4000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(syllables)).join(''),
  );
  const text = (least: number, most: number): string => {
    const length = least + random() * (most - least);
    let written = '';
    while (written.length < length) written += `${pick(words)} `;
    return written;
  };
  for (let n = 0; n < count; n++) {
    const at = new Date(untilMs - spanMs + (spanMs * n) / count).toISOString();
    const model = pick(models);
    const promptTokens = 200 + Math.floor(random() * 4000);
    const completionTokens = 20 + Math.floor(random() * 900);
    const result = text(150, 1200);
    yield {
      agentId: pick(agents),
      id: `run-${n}`,
      reportCount: 1,
      createdAt: at,
      updatedAt: at,
      report: {
        id: `run-${n}`,
        input: text(60, 600),
        llm_response: {
          id: `chatcmpl-${n}`,
          object: 'chat.completion',
          model,
          choices: [{ index: 0, message: { role: 'assistant', content: result } }],
          usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens },
        },
        tokens: {
          prompt_tokens: promptTokens,
          completion_tokens: completionTokens,
          total_tokens: promptTokens + completionTokens,
        },
        is_success: random() > 0.06,
        result,
        duration: Math.round((0.2 + random() ** 3 * 30) * 1000) / 1000,
        used_tools: [
          ...new Set(Array.from({ length: Math.floor(random() * 5) }, () => pick(tools))),
        ],
      },
    };
  }
}

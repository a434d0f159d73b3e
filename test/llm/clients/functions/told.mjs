/** Handlers that say themselves what the LLM did, beside what is read of it. */
import OpenAI from 'openai';
import { currentTask, withTaskReporter } from '../../../../dist/index.js';

const ask = (url, behaviour) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-1' }).chat.completions.create({
    model: `gpt--${behaviour}`,
    messages: [{ role: 'user', content: 'why?' }],
  });

export const recorded = withTaskReporter(async ({ url, behaviour }) => {
  currentTask().recordLlmResponse(await ask(url, behaviour));
  return {};
});

export const counted = withTaskReporter(async ({ url, behaviour }) => {
  const { usage } = await ask(url, behaviour);
  currentTask().addTokens({
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
  });
  return {};
});

export const everything = withTaskReporter(async ({ url, behaviour }) => {
  const answer = await ask(url, behaviour);
  currentTask().recordLlmResponse(answer);
  for (const { function: called } of answer.choices[0].message.tool_calls ?? []) {
    currentTask().addTool(called.name);
  }
  return {};
});

/** One that is told of, and another one that is not. */
export const oneOfTwo = withTaskReporter(async ({ url, behaviour }) => {
  currentTask().recordLlmResponse(await ask(url, behaviour));
  await ask(url, behaviour);
  return {};
});

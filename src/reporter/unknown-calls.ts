/** Says once per environment that a task's tokens are a lower bound, with the remedy. */
import type { Log } from '../base/log.ts';
import type { UnknownCall } from '../llm/usage/usage-summary.ts';

let isLogged = false;

const mostNamed = 5;

export function logUnknownCalls(calls: readonly UnknownCall[], log: Log): void {
  if (calls.length === 0 || isLogged) return;
  isLogged = true;
  const names = [
    ...new Set(calls.map(({ host, model }) => [host, model].filter(Boolean).join(' '))),
  ];
  const named = names.filter((name) => name !== '').slice(0, mostNamed);
  const which = named.length > 0 ? ` (${named.join(', ')})` : '';
  const count = calls.length === 1 ? '1 LLM call' : `${calls.length} LLM calls`;
  log.warn(
    `reported tokens are a lower bound, as those of ${count} are unknown${which}. OpenAI-style streams send their usage only with stream_options: { include_usage: true }. Logged once per environment.`,
  );
}

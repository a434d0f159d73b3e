/** Reports of the agents of a fictional travel company. */

import { type TravelAgent, travelAgents } from './travel-agents.ts';

export interface TravelReport {
  readonly agentId: string;
  /** Age of the report in seconds. */
  readonly ageSeconds: number;
  readonly body: {
    readonly id: string;
    readonly input: string;
    readonly result: string;
    readonly is_success: boolean;
    readonly duration: number;
    readonly tokens: {
      readonly prompt_tokens: number;
      readonly completion_tokens: number;
    };
    readonly used_tools: readonly string[];
    readonly llm_response: unknown;
  };
}

const failures: readonly string[] = [
  'ToolError: charge_card: The bank asks for a confirmation by the customer\nCaused by: CardDeclined: soft_decline (code 65)\nCaused by: HttpError: 402 Payment Required\n    at chargeCard (/var/task/tools/charge-card.js:48:11)\n    at async runTool (/var/task/agent/tools.js:91:20)\n    at async Agent.step (/var/task/agent/agent.js:133:7)',
  'TimeoutError: search_flights did not answer within 8000 ms\nCaused by: AbortError: This operation was aborted\n    at withTimeout (/var/task/tools/with-timeout.js:21:13)\n    at async searchFlights (/var/task/tools/search-flights.js:64:18)',
  'RateLimitError: 429 Too many requests, retry after 12 s\nCaused by: APIError: rate_limit_exceeded\n    at Model.complete (/var/task/model.js:77:15)\n    at async Agent.step (/var/task/agent/agent.js:118:22)',
];

/** A failed booking that is reported twice, with more details the second time. */
export const failedBooking: readonly Pick<TravelReport, 'agentId' | 'body'>[] = [
  attempt('Started', 0.4, []),
  attempt(failures[0] ?? '', 6.82, ['search_flights', 'hold_seat', 'charge_card']),
];

function attempt(
  result: string,
  duration: number,
  usedTools: readonly string[],
): Pick<TravelReport, 'agentId' | 'body'> {
  const tokens = { prompt_tokens: 2210, completion_tokens: 318 };
  return {
    agentId: 'booking-desk',
    body: {
      id: '7d0c2f9e-51ab-4c1f-a4d2-6f1be7c0a913',
      input: 'Rebook passenger 2 of TRV-88213 to the evening flight, keep the aisle seat',
      result,
      is_success: false,
      duration,
      tokens,
      used_tools: usedTools,
      llm_response: { id: 'msg_01', model: 'gpt-5-mini', stop_reason: 'tool_use', usage: tokens },
    },
  };
}

/** Deterministic reports of the last `hours`, oldest first. */
export function travelReports(count: number, hours: number): TravelReport[] {
  const random = pseudoRandom(20);
  const draw = travelAgents.flatMap((agent) => Array.from({ length: agent.weight }, () => agent));
  return Array.from({ length: count }, (_, index) => {
    return report(pick(draw, random), index, agesInSeconds(index, count, hours, random), random);
  });
}

function report(
  agent: TravelAgent,
  index: number,
  ageSeconds: number,
  random: () => number,
): TravelReport {
  const [input, response] = pick(agent.prompts, random);
  const hasFailed = random() < 0.06;
  const slow = random() < 0.07 ? 3 + random() * 3 : 1;
  const promptTokens = Math.round(agent.tokens * (0.6 + random() * 0.8));
  const completionTokens = Math.round(promptTokens * (0.1 + random() * 0.25));
  const usedTools = agent.tools.filter((_, place) => random() < (place === 0 ? 0.85 : 0.35));
  const result = hasFailed ? pick(failures, random) : response;
  return {
    agentId: agent.id,
    ageSeconds,
    body: {
      id: `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${String(index).padStart(12, '0')}`,
      input,
      result,
      is_success: !hasFailed,
      duration: Math.round(agent.seconds * (0.5 + random()) * slow * 1000) / 1000,
      tokens: { prompt_tokens: promptTokens, completion_tokens: completionTokens },
      used_tools: usedTools,
      llm_response: {
        id: `msg_${hex(random, 20)}`,
        model: agent.model,
        role: 'assistant',
        stop_reason: hasFailed ? 'tool_use' : 'end_turn',
        content: [
          ...usedTools.map((name) => ({
            type: 'tool_use',
            id: `toolu_${hex(random, 12)}`,
            name,
            input: { query: input.slice(0, 40) },
          })),
          { type: 'text', text: response },
        ],
        usage: {
          input_tokens: promptTokens,
          output_tokens: completionTokens,
          cache_read_input_tokens: 0,
        },
      },
    },
  };
}

/** More by day than by night, and the last ones a few seconds apart. */
function agesInSeconds(index: number, count: number, hours: number, random: () => number): number {
  const left = ((count - 1 - index + random() * 0.8) / count) ** 1.3;
  const wave = left + 0.024 * Math.sin(left * Math.PI * 6);
  return Math.max(0, wave) * hours * 3600 + 2;
}

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)]!;
}

function hex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** Deterministic, so that screenshots differ only if the page changes. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Each call is made bare and reported: nobody sees a difference, and the report has the numbers. */

import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Lambda } from '../../support/lambda/lambda.ts';
import type { ProviderRequest } from '../provider-server/provider-server.ts';
import { type ClientCase, clientCases } from './client-cases.ts';
import {
  type Deployment,
  reportedBy,
  type Surroundings,
  startSurroundings,
} from './surroundings.ts';

export function compareClients(
  deployment: Deployment,
  cases: readonly ClientCase[] = clientCases,
): void {
  const { runtime, code, reporter } = deployment;
  describe(`${code} with the ${reporter}, ${runtime}`, () => {
    let surroundings: Surroundings;
    let bareFunction: Lambda;
    let reportedFunction: Lambda;
    beforeAll(async () => {
      surroundings = await startSurroundings();
      const { taskRoot } = await surroundings.place(code);
      const bareHandler = reporter === 'wrapper' ? 'wrapped.bare' : 'bare.handler';
      [bareFunction, reportedFunction] = await Promise.all([
        surroundings.start({ runtime, taskRoot, handler: bareHandler }),
        surroundings.start({ runtime, taskRoot, ...reportedBy[reporter] }),
      ]);
    });
    afterAll(() => surroundings[Symbol.asyncDispose]());

    test.for(cases)('$client $call, $behaviour', async (asked, { expect }) => {
      const bare = await surroundings.run(bareFunction, asked);
      const reported = await surroundings.run(reportedFunction, asked);

      expect.soft(reported.seen).toEqual(bare.seen);
      expect.soft(await comparable(reported.requests)).toEqual(await comparable(bare.requests));
      expect.soft(reported.reports).toMatchObject([reportOf(asked)]);
      if (asked.hasResponse ?? asked.tokens !== null) {
        expect.soft(JSON.stringify(reported.reports[0]?.['llm_response'])).toMatch(answerOf(asked));
      }
    });
  });
}

function reportOf({ tokens, tools = [] }: ClientCase): object {
  const [prompt = 0, completion = 0, cacheRead = 0] = tokens ?? [];
  return {
    is_success: true,
    tokens: tokens && {
      prompt_tokens: prompt,
      completion_tokens: completion,
      cache_read_tokens: cacheRead,
      total_tokens: prompt + completion,
    },
    used_tools: tools,
  };
}

function answerOf({ behaviour }: ClientCase): RegExp {
  return behaviour === 'refusal' ? /cannot help|refusal/ : /Forty-two/;
}

/** Identifiers and times that a client makes up. */
const varying = /^(x-amzn-trace-id|x-amz-date|authorization|amz-sdk-invocation-id|date)$/i;
/** Until when a client has gone away that does so at all, in milliseconds. */
const leavesWithinMs = 1_000;

/** Two that are made at once arrive in any order. */
async function comparable(requests: readonly ProviderRequest[]): Promise<string[]> {
  const shown = await Promise.all(requests.map(comparableRequest));
  return shown.map((request) => JSON.stringify(request, undefined, 2)).sort();
}

async function comparableRequest(request: ProviderRequest): Promise<unknown> {
  const { method, path, headers, body, httpVersion, end } = request;
  const ended = Promise.race([end, setTimeout(leavesWithinMs, 'open', { ref: false })]);
  const kept = Object.entries(headers).filter(([name]) => !varying.test(name));
  return { method, path, httpVersion, body, headers: kept, end: await ended };
}

import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import { startLambda } from '../support/lambda/lambda.ts';

/** One invocation of a sample agent, and what the task history is to show of it. */
export interface AgentRun {
  readonly title: string;
  readonly requestId: string;
  readonly result: InvocationResult;
  readonly expected: { readonly status: string; readonly result: RegExp };
}

interface Invocation {
  readonly title: string;
  readonly event: unknown;
  readonly status: string;
  readonly result: RegExp;
}

const functions: { readonly handler: string; readonly invocations: readonly Invocation[] }[] = [
  {
    handler: 'agent.answer',
    invocations: [
      {
        title: 'a question is answered',
        event: { question: 'What is the answer?', apiKey: 'never leaves' },
        status: 'completed',
        result: /Forty-two/,
      },
    ],
  },
  {
    handler: 'agent.fail',
    invocations: [
      {
        title: 'a handler throws',
        event: { file: 'q4.pdf' },
        status: 'failed',
        result: /^Error: The file q4\.pdf cannot be read/,
      },
    ],
  },
  {
    handler: 'agent.stream',
    invocations: [
      {
        title: 'an answer is streamed',
        event: { question: 'Why?' },
        status: 'completed',
        result: /^You asked "Why\?"\. Let me think\. $/,
      },
    ],
  },
  {
    handler: 'agent.retried',
    invocations: [
      {
        title: 'a job fails at its first attempt',
        event: { rows: 412 },
        status: 'failed',
        result: /warming up/,
      },
      {
        title: 'Lambda retries it: same id, same record',
        event: { rows: 412 },
        status: 'completed',
        result: /^\{"extracted":412\}$/,
      },
    ],
  },
];

/** Invokes each sample agent in its own function; the last outcome of an id is the expected one. */
export async function runAgents(options: {
  readonly platformUrl: string;
  readonly agentId: string;
  readonly onResult: (run: AgentRun) => void;
}): Promise<AgentRun[]> {
  const runs: AgentRun[] = [];
  for (const { handler, invocations } of functions) {
    await using lambda = await startLambda({
      handler,
      taskRoot: fileURLToPath(new URL('../functions', import.meta.url)),
      timeoutMs: 10_000,
      memoryMb: 512,
      environment: {
        XPANDER_BASE_URL: options.platformUrl,
        XPANDER_AGENT_ID: options.agentId,
        XPANDER_API_KEY: 'local',
      },
    });
    const requestId = randomUUID();
    for (const { title, event, status, result: expectedResult } of invocations) {
      const result = await lambda.invoke(event, { requestId });
      await result.settled;
      const run = { title, requestId, result, expected: { status, result: expectedResult } };
      options.onResult(run);
      runs.push(run);
    }
  }
  return runs;
}

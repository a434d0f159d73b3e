/** What the functions talk to, how they are deployed, and what comes of an invocation of one. */

import { randomUUID } from 'node:crypto';
import {
  type LocalPlatform,
  startLocalPlatform,
} from '../../../src/local/server/local-platform.ts';
import { attached, reporterLayer } from '../../layer/attached-layer.ts';
import { type Lambda, type LambdaOptions, startLambda } from '../../support/lambda/lambda.ts';
import { reportsOf } from '../../support/reports-of.ts';
import type { ManagedRuntime } from '../../support/runtime-client/runtime-client.ts';
import { reportingTo } from '../../support/sample-function.ts';
import {
  type ProviderRequest,
  type ProviderServer,
  startProviderServer,
} from '../provider-server/provider-server.ts';
import { bundleClients, functions } from './bundle-clients.ts';
import { answersMcp } from './mcp-answers.ts';

export interface Deployment {
  readonly runtime: ManagedRuntime;
  readonly code: Code;
  readonly reporter: Reporter;
}

type Reporter = 'wrapper' | 'layer';
type Code = 'files' | 'esm bundle' | 'cjs bundle';

/** One call of a client, as the event says it. */
export interface ClientCall {
  readonly client: string;
  readonly call: string;
  readonly behaviour: string;
}

export interface ClientRun {
  /** What the handler returned. */
  readonly seen: unknown;
  /** What came to the provider. */
  readonly requests: readonly ProviderRequest[];
  /** Oldest first. */
  readonly reports: readonly Readonly<Record<string, unknown>>[];
}

export interface Surroundings extends AsyncDisposable {
  readonly provider: ProviderServer;
  readonly platform: LocalPlatform;
  /** Lays out the code. */
  readonly place: (code: Code) => Promise<{ readonly taskRoot: string }>;
  readonly start: (options: Partial<LambdaOptions>) => Promise<Lambda>;
  /** One at a time. @param url - of the provider, by default without TLS */
  readonly run: (lambda: Lambda, call: ClientCall, url?: string) => Promise<ClientRun>;
}

export const reportedBy: Readonly<Record<Reporter, Partial<LambdaOptions>>> = {
  wrapper: { handler: 'wrapped.handler' },
  layer: { handler: 'bare.handler', layers: [reporterLayer], environment: attached },
};

export async function startSurroundings(): Promise<Surroundings> {
  await using started = new AsyncDisposableStack();
  const provider = started.use(await startProviderServer(await answersMcp()));
  const platform = started.use(await startLocalPlatform({ requestLogSize: 100_000 }));
  const all = started.move();
  return {
    provider,
    platform,
    place: async (code) => {
      if (code === 'files') return { taskRoot: functions };
      return all.use(await bundleClients(code === 'esm bundle' ? 'esm' : 'cjs'));
    },
    start: async ({ environment, ...options }) =>
      all.use(
        await startLambda({
          handler: 'bare.handler',
          taskRoot: functions,
          timeoutMs: 30_000,
          memoryMb: 1024,
          ...options,
          environment: {
            XPANDER_AGENT_ID: 'agent-123',
            XPANDER_LLM_HOSTS: '127.0.0.1',
            ...reportingTo(platform),
            ...environment,
          },
        }),
      ),
    run: async (lambda, call, url = provider.url) => {
      const requestId = randomUUID();
      provider.takeRequests();
      const result = await lambda.invoke({ ...call, url }, { requestId });
      await result.settled;
      if (result.kind !== 'response') {
        throw new Error([`It ended with ${result.kind}.`, ...lambda.logs].join('\n'));
      }
      return {
        seen: JSON.parse(result.body),
        requests: provider.takeRequests(),
        reports: reportsOf(platform, { awsRequestId: requestId }),
      };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

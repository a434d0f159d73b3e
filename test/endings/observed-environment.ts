/** An environment of a family's function, and what can be seen of an ending in it. */
import { fileURLToPath } from 'node:url';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { attached, reporterLayer, sentinelLayer } from '../layer/attached-layer.ts';
import { idleMs } from '../support/lambda/hold.ts';
import type { InvocationResult, Settlement } from '../support/lambda/invocation-result.ts';
import { type Lambda, type LambdaOptions, startLambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import { watchRequests } from '../support/request-times.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';
import { reportingTo } from '../support/sample-function.ts';
import type { Ending } from './ending.ts';
import { type Attachment, harmless } from './family.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Environment extends AsyncDisposable {
  readonly lambda: Lambda;
  readonly platform: LocalPlatform;
  /** One invocation until its environment is released. */
  readonly invoke: (event: unknown) => Promise<Invoked>;
  /** An ending and what follows it. */
  readonly observe: (ending: Observable) => Promise<Observed>;
}

type Observable = Pick<Ending, 'name' | 'event' | 'ruinsProcess' | 'isLate'>;

export interface Invoked {
  readonly requestId: string;
  readonly event: unknown;
  readonly result: InvocationResult;
  /** All that reaches the caller, free of what differs from one start to the next. */
  readonly caller: unknown;
  readonly end: Settlement['kind'];
  readonly heldMs: number;
}

export interface Observed extends Invoked {
  /** What the handler counts, see `count` of the families' files. */
  readonly counts: readonly string[];
  readonly lines: readonly string[];
  /** What the callers of the invocations after it get. */
  readonly following: readonly unknown[];
}

export interface EnvironmentOptions extends Pick<LambdaOptions, 'timeoutMs' | 'tmp' | 'memoryMb'> {
  readonly taskRoot: string;
  readonly runtime: ManagedRuntime;
  readonly attachment: Attachment;
  readonly isReported: boolean;
  readonly hasSentinel?: boolean;
  /** The function's own variables. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { taskRoot, runtime, attachment, isReported, hasSentinel = false, ...rest } = options;
  const { environment: own = {}, ...given } = rest;
  const platform = await startLocalPlatform();
  const requests = watchRequests(platform.url);
  const layers = [
    ...(isReported && attachment.isLayer ? [reporterLayer] : []),
    ...(hasSentinel ? [sentinelLayer] : []),
  ];
  const lambda = await startLambda({
    handler: `${isReported ? attachment.reported : attachment.bare}.handler`,
    taskRoot,
    runtime,
    timeoutMs: 5_000,
    memoryMb: 384,
    layers,
    environment: isReported
      ? {
          ...reportingTo(platform),
          XPANDER_AGENT_ID: 'agent-123',
          ...(attachment.isLayer && attached),
          // Else it would keep reports back while invocations follow each other closely.
          ...(hasSentinel && { XPANDER_SENTINEL_FLUSH: 'end' }),
          ...attachment.environment,
          ...own,
        }
      : own,
    ...given,
  });

  const invoke = async (event: unknown): Promise<Invoked> => {
    const result = await lambda.invoke(event);
    const { kind: end, held } = await result.settled;
    const { requestId } = result;
    const heldMs = idleMs(held, requests.intervals());
    return { requestId, event, result, caller: comparable(result), end, heldMs };
  };
  const close = async (): Promise<void> => {
    await lambda.close();
    requests[Symbol.dispose]();
    await platform.close();
  };
  return {
    lambda,
    platform,
    invoke,
    observe: async ({ name, event: fields = {}, ruinsProcess = false, isLate = false }) => {
      const invoked = await invoke({ way: name, ...fields });
      const following = [await invoke(harmless)];
      if (ruinsProcess) following.push(await invoke(harmless));
      if (ruinsProcess || isLate) {
        // What is left behind must not end the process of another ending.
        await lambda.shutdown();
        await invoke(harmless);
      }
      const lines = invoked.result.logs.map((line) => line.replaceAll(repository, '{repository}/'));
      return {
        ...invoked,
        counts: lines.filter((line) => line.includes('COUNT ')).map(withoutTime),
        lines,
        following: following.map(({ caller }) => caller),
      };
    },
    [Symbol.asyncDispose]: close,
  };
}

function comparable(result: InvocationResult): unknown {
  return JSON.parse(JSON.stringify(seenByCaller(result)).replaceAll(repository, '{repository}/'));
}

function withoutTime(line: string): string {
  return line.slice(line.indexOf('COUNT '));
}

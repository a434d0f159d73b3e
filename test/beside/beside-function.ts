/** Runs a function with a vendor in it, with the layer and without. */

import { fileURLToPath } from 'node:url';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { attached, reporterLayer } from '../layer/attached-layer.ts';
import { type Lambda, type LambdaOptions, startLambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';
import { reportingTo } from '../support/sample-function.ts';
import { type ReceivedByVendor, startVendorServer } from './vendor-server.ts';

const functions = fileURLToPath(new URL('functions', import.meta.url));
const otelLayer = fileURLToPath(new URL('otel-layer', import.meta.url));

export interface BesideFunction {
  readonly handler: string;
  readonly runtime: ManagedRuntime;
  /** What the vendor wants to be told, given the address of its server. */
  readonly environment?: (vendor: string) => Readonly<Record<string, string>>;
}

/** What came of an event that is answered, and of one that fails. */
export interface BesideRun {
  readonly seenByCaller: readonly unknown[];
  readonly receivedByVendor: readonly ReceivedByVendor[];
  readonly lines: readonly string[];
  /** Every report that the platform has got, also of what has no business there. */
  readonly reports: readonly unknown[];
}

export const answered: string = '11111111-1111-4111-8111-111111111111';
export const failed: string = '22222222-2222-4222-8222-222222222222';

export function runBare(beside: BesideFunction): Promise<BesideRun> {
  return run(beside, { layers: [otelLayer] });
}

export function runWithLayer(
  beside: BesideFunction,
  variables: Readonly<Record<string, string>> = {},
): Promise<BesideRun> {
  const environment = { ...attached, ...variables };
  return run(beside, { layers: [otelLayer, reporterLayer], environment });
}

type LayerOptions = Pick<LambdaOptions, 'layers' | 'environment'>;

async function run(beside: BesideFunction, options: LayerOptions): Promise<BesideRun> {
  await using vendor = await startVendorServer();
  await using platform = await startLocalPlatform();
  await using lambda = await startLambda({
    handler: beside.handler,
    runtime: beside.runtime,
    taskRoot: functions,
    timeoutMs: 20_000,
    memoryMb: 512,
    ...options,
    environment: {
      ...beside.environment?.(vendor.address),
      ...reportingTo(platform),
      ...options.environment,
    },
  });
  const seen = [
    await invoke(lambda, answered, { question: 'why?' }),
    await invoke(lambda, failed, { question: 'how?', fails: true }),
  ];
  // What is under way at the end is sent before the process goes.
  await lambda.shutdown();
  return {
    seenByCaller: seen,
    receivedByVendor: vendor.received,
    lines: lambda.logs,
    reports: reportsTo(platform),
  };
}

async function invoke(lambda: Lambda, requestId: string, event: object): Promise<unknown> {
  const result = await lambda.invoke(event, { requestId });
  await result.settled;
  return seenByCaller(result);
}

function reportsTo(platform: LocalPlatform): unknown[] {
  return platform
    .requests()
    .filter(({ method }) => method !== 'GET')
    .map(({ body }) => body);
}

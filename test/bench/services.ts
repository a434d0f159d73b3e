/** What the benchmarked functions call: xpander.ai and Secrets Manager, on another thread. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Services extends AsyncDisposable {
  /** Variables that point a function at them. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long the API takes from now on for each answer, in milliseconds. */
  readonly setLatency: (ms: number) => Promise<void>;
  /** How many reports have arrived. */
  readonly reports: () => Promise<number>;
}

export interface ServiceAddresses {
  readonly environment: Readonly<Record<string, string>>;
}

export type ServiceCommand =
  | { readonly kind: 'set-latency'; readonly ms: number }
  | { readonly kind: 'count-reports' };

export async function startServices(): Promise<Services> {
  const worker = new Worker(new URL('./service-thread.ts', import.meta.url), { execArgv: [] });
  const [addresses] = await once(worker, 'message');
  const { environment }: ServiceAddresses = addresses;
  const command = async (command: ServiceCommand): Promise<number> => {
    worker.postMessage(command);
    const [reports] = await once(worker, 'message');
    return reports;
  };
  return {
    environment,
    setLatency: async (ms) => void (await command({ kind: 'set-latency', ms })),
    reports: () => command({ kind: 'count-reports' }),
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

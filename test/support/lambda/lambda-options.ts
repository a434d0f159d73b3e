/** What a test can ask of the emulator. */

import type { ManagedRuntime } from '../runtime-client/runtime-client.ts';
import type { ExtensionsApiFault } from './extensions-api.ts';
import type { InitializationType, ManagedInstances } from './function-environment.ts';
import type { CallerLeaves } from './posted-answer.ts';
import type { TelemetryFault } from './telemetry/telemetry-api.ts';

export interface LambdaOptions {
  /** As in the function's configuration: `file.export`, without the suffix. */
  readonly handler: string;
  /** The function's folder, in Lambda `/var/task`. */
  readonly taskRoot: string;
  /** The managed runtime. @default 'nodejs24.x' */
  readonly runtime?: ManagedRuntime;
  /** The function's environment variables. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 3000, as in Lambda */
  readonly timeoutMs?: number;
  /** @default 128, as in Lambda; it sets the heap's limits */
  readonly memoryMb?: number;
  /**
   * How much of one CPU all its processes have together: 0.07 is what Lambda gives for 128 MB.
   *
   * @default `LAMBDA_CPU_SHARE` of the environment, without it no limit
   */
  readonly cpuShare?: number | undefined;
  /** Flags for Node.js beside those of the runtime. @default none */
  readonly nodeArguments?: readonly string[];
  /**
   * An existing folder that stands for `/tmp`, as `TMPDIR`; it is left when the emulator closes.
   *
   * @default a new one, removed on close
   */
  readonly tmp?: string;
  /** Whether processes are stopped between events; never on Managed Instances. @default true */
  readonly freeze?: boolean;
  /** @default 'on-demand' */
  readonly initializationType?: InitializationType;
  /**
   * How long an init may take before it is given up, to be repeated by the first invocation.
   *
   * @default 10000, with provisioned concurrency 130000, as in Lambda
   */
  readonly initLimitMs?: number;
  /** Several events at once in one environment. @default one after the other */
  readonly managedInstances?: ManagedInstances;
  /**
   * Folders of layers, which make `/opt` as Lambda makes it: merged in this order, a later file in
   * place of an earlier one. `/opt/` in the function's variables stands for it.
   *
   * @default none
   */
  readonly layers?: readonly string[];
  /**
   * Starts the runtime client as an image does that is not made from one of AWS's: this command,
   * with the handler as its last argument and not in the environment, see `installInImage`.
   *
   * @default as AWS's `bootstrap` does, with `AWS_LAMBDA_EXEC_WRAPPER`
   */
  readonly entryPoint?: readonly string[];
  /**
   * A folder that stands for `/opt/extensions`: each file in it is run as an external extension.
   *
   * @default `extensions` of the layers
   */
  readonly extensions?: string;
  /** What goes wrong with the Extensions API. @default 'available' */
  readonly extensionsApi?: ExtensionsApiFault;
  /** `unsupported`: the Telemetry API accepts and sends nothing. @default 'available' */
  readonly telemetryApi?: TelemetryFault;
  /** External extensions that are there besides and do nothing; ten are the limit. @default 0 */
  readonly otherExtensions?: number;
}

export interface InvokeOptions {
  /** @default a new UUID; the same one again stands for a retried asynchronous event */
  readonly requestId?: string;
  readonly clientContext?: unknown;
  readonly tenantId?: string;
  /** @default the caller of a streamed response stays to its end */
  readonly callerLeaves?: CallerLeaves;
}

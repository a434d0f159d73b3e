import { Command, InvalidArgumentError, Option } from 'commander';
import { XpanderError } from '../errors.ts';
import type { Faults } from './faults.ts';
import { type LocalPlatform, startLocalPlatform } from './local-platform.ts';

interface LocalCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly db: string;
  readonly apiKey?: readonly string[];
  readonly organization: string;
  readonly agent?: readonly string[];
  readonly bodyLimit?: number;
  readonly rateLimit?: number;
  readonly faultLatency?: number;
  readonly faultStatus?: number;
  readonly faultDrop?: boolean;
}

const help = `
Examples:
  $ xpander-lambda local
  $ xpander-lambda local --port 0 --db :memory: --rate-limit 100
  $ xpander-lambda local --fault-status 503      what a function does when xpander.ai is down

Point a function at it with XPANDER_BASE_URL=http://127.0.0.1:4747 and any XPANDER_API_KEY.`;

/** `xpander-lambda local`: runs the local platform until Ctrl-C. */
export function localCommand(): Command {
  return new Command('local')
    .description('Take reports as xpander.ai does, keep them in a file and show them at /.')
    .option('--port <number>', 'port to listen on; 0 picks a free one', wholeNumber(0, 65535), 4747)
    .option('--host <address>', 'address to listen on; only this machine by default', '127.0.0.1')
    .option(
      '--db <file>',
      'SQLite file that keeps the tasks; :memory: for none',
      'xpander-local.db',
    )
    .option(
      '--api-key <key>',
      'accept only this key; repeatable; or XPANDER_LOCAL_API_KEYS=key,key (default: any key)',
      collect,
    )
    .option('--organization <id>', 'organization that the tasks belong to', 'local')
    .option('--agent <id>', 'agent that exists from the start; repeatable', collect)
    .option('--body-limit <bytes>', 'largest request body (default: 10 MiB)', wholeNumber(1))
    .option('--rate-limit <number>', 'calls a minute, more get 429 (default: none)', wholeNumber(1))
    .addOption(
      new Option('--fault-latency <ms>', 'delay each report')
        .argParser(wholeNumber(0))
        .conflicts(['faultStatus', 'faultDrop']),
    )
    .addOption(
      new Option('--fault-status <code>', 'answer each report with this error')
        .argParser(wholeNumber(400, 599))
        .conflicts('faultDrop'),
    )
    .option('--fault-drop', 'cut the connection at each report')
    .addHelpText('after', help)
    .action(run);
}

async function run(options: LocalCommandOptions, command: Command): Promise<void> {
  let platform: LocalPlatform;
  try {
    platform = await startLocalPlatform({
      port: options.port,
      host: options.host,
      databaseFile: options.db,
      apiKeys: options.apiKey ?? keysOfEnvironment(),
      organizationId: options.organization,
      agentIds: options.agent ?? [],
      ...(options.bodyLimit !== undefined && { bodyLimitBytes: options.bodyLimit }),
      ...(options.rateLimit !== undefined && { rateLimitPerMinute: options.rateLimit }),
      ...faultsOf(options),
      // Nobody looks at the requests of a command; bodies would pile up in memory.
      requestLogSize: 0,
    });
  } catch (error) {
    if (error instanceof XpanderError) {
      command.error(`error: ${error.message}`, { exitCode: 1 });
    }
    throw error;
  }
  console.log(
    `xpander-lambda local: ${platform.url} (tasks in ${platform.databaseFile}). Point a function at it with XPANDER_BASE_URL=${platform.url}`,
  );
  closeOnSignal(platform);
}

// Once: a second Ctrl-C ends the process at once, as it does without us.
function closeOnSignal(platform: LocalPlatform): void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  function close(): void {
    for (const signal of signals) {
      process.off(signal, close);
    }
    void platform.close();
  }
  for (const signal of signals) {
    process.on(signal, close);
  }
}

function faultsOf(options: LocalCommandOptions): { readonly faults?: Faults } {
  if (options.faultLatency !== undefined) {
    return { faults: { kind: 'latency', ms: options.faultLatency } };
  }
  if (options.faultStatus !== undefined) {
    return { faults: { kind: 'status', status: options.faultStatus } };
  }
  return options.faultDrop === true ? { faults: { kind: 'drop' } } : {};
}

function keysOfEnvironment(): string[] {
  const keys = process.env['XPANDER_LOCAL_API_KEYS'] ?? '';
  return keys.split(',').filter((key) => key !== '');
}

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
      throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
    }
    return value;
  };
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

import { Command, Option } from 'commander';
import { XpanderError } from '../../errors.ts';
import type { Faults } from '../../local/server/faults.ts';
import type { LocalPlatform } from '../../local/server/local-platform.ts';
import { exitAsUsage, sayError } from '../shared/exit-codes.ts';
import { wholeNumber } from '../shared/flag-values.ts';
import { goOnWithoutReader } from '../shared/standard-output.ts';
import { terminalOf } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';
import { createTaskPrinter } from './live-tasks.ts';

interface LocalCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly db: string;
  readonly apiKey?: readonly string[];
  readonly organization: string;
  readonly agent?: readonly string[];
  readonly maxTasks?: number;
  readonly bodyLimit?: number;
  readonly rateLimit?: number;
  readonly faultLatency?: number;
  readonly faultStatus?: number;
  readonly faultDrop?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const help = `
Each task is printed as it arrives: time, how it ended, agent, duration, tokens (prompt+completion),
tools, the first line of its input and, when it failed, of its result. With --json each line is an
object: first {"event":"listening"} with url and databaseFile, then {"event":"task"} for each task
with agentId, id, status, inputLine, resultLine, durationSeconds, tokens, usedTools, toolCount,
createdAt, updatedAt and reportCount. When nobody reads them, lines are left out: {"event":"skipped"}.

Examples:
  $ xpander-lambda local
  $ xpander-lambda local --port 0 --db :memory: --rate-limit 100
  $ xpander-lambda local --fault-status 503      what a function does when xpander.ai is down
  $ xpander-lambda local --json | jq -r 'select(.status == "failed") | .id'

Point a function at it with XPANDER_BASE_URL=http://127.0.0.1:4747 and any XPANDER_API_KEY.

Exit codes: 0 ended by Ctrl-C or SIGTERM, 1 it cannot start, 2 wrong usage.`;

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
    .option(
      '--max-tasks <number>',
      'tasks to keep, the oldest go (default: 100000)',
      wholeNumber(1),
    )
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
    .option('--quiet', 'print no tasks')
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', help)
    .exitOverride(exitAsUsage)
    .action(run);
}

async function run(flags: LocalCommandOptions, command: Command): Promise<void> {
  let platform: LocalPlatform;
  try {
    platform = await start(flags, command);
  } catch (error) {
    if (!(error instanceof XpanderError)) throw error;
    sayError(error.message);
    process.exitCode = 1;
    return;
  }
  goOnWithoutReader();
  const { url, databaseFile } = platform;
  console.log(
    flags.json
      ? safeJson({ event: 'listening', url, databaseFile })
      : `xpander-lambda local: ${url} (tasks in ${databaseFile}). Point a function at it with XPANDER_BASE_URL=${url}`,
  );
  closeOnSignal(platform);
}

async function start(flags: LocalCommandOptions, command: Command): Promise<LocalPlatform> {
  // It brings a server, a database and a validator, which --help can do without.
  const { startLocalPlatform } = await import('../../local/server/local-platform.ts');
  return startLocalPlatform({
    port: flags.port,
    host: flags.host,
    databaseFile: flags.db,
    apiKeys: flags.apiKey ?? keysOfEnvironment(),
    organizationId: flags.organization,
    agentIds: flags.agent ?? [],
    ...(flags.maxTasks !== undefined && { maxTasks: flags.maxTasks }),
    ...(flags.bodyLimit !== undefined && { bodyLimitBytes: flags.bodyLimit }),
    ...(flags.rateLimit !== undefined && { rateLimitPerMinute: flags.rateLimit }),
    ...faultsOf(flags),
    // Nobody looks at the requests of a command; bodies would pile up in memory.
    requestLogSize: 0,
    ...(!flags.quiet && {
      onTask: createTaskPrinter(process.stdout, terminalOf(command), flags.json ?? false),
    }),
  });
}

// Once: a second Ctrl-C ends the process at once, as it does without us.
function closeOnSignal(platform: LocalPlatform): void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  function close(): void {
    for (const signal of signals) {
      process.off(signal, close);
    }
    void platform.close().then(() => {
      // Lines that nobody reads would keep the process alive.
      setTimeout(() => process.exit(), 500).unref();
    });
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

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

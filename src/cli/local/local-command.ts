import { Command, Option } from 'commander';
import { XpanderError } from '../../errors.ts';
import type { Faults } from '../../local/server/faults.ts';
import type { LocalPlatform } from '../../local/server/local-platform.ts';
import { ignoreClosedOutput } from '../shared/closed-output.ts';
import { exitOnUsageError, printError } from '../shared/exit-codes.ts';
import { wholeNumber } from '../shared/flag-values.ts';
import { terminalOf } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';
import { createTaskPrinter } from './task-printer.ts';

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
Prints each task when it is reported: time, status, agent, duration, tokens (prompt+completion),
tools, the first line of the input and, for a failure, the first line of the result. With --json,
each line is an object: first {"event":"listening"} with url and databaseFile, then {"event":"task"}
for each task with agentId, id, status, inputLine, resultLine, durationSeconds, tokens, usedTools,
toolCount, createdAt, updatedAt and reportCount. If the output is not read, tasks are skipped and
counted in {"event":"skipped"}.

Examples:
  $ xpander-lambda local
  $ xpander-lambda local --port 0 --db :memory: --rate-limit 100
  $ xpander-lambda local --fault-status 503      simulate an outage of xpander.ai
  $ xpander-lambda local --json | jq -r 'select(.status == "failed") | .id'

Set XPANDER_BASE_URL=http://127.0.0.1:4747 and any XPANDER_API_KEY in your function.

Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 cannot start, 2 wrong usage.`;

/** `xpander-lambda local`: runs the local platform until Ctrl-C. */
export function localCommand(): Command {
  return new Command('local')
    .description(
      'Accept reports like xpander.ai, store them in a file and show them in the browser.',
    )
    .option('--port <number>', 'port to listen on; 0 picks a free one', wholeNumber(0, 65535), 4747)
    .option('--host <address>', 'address to listen on; loopback only by default', '127.0.0.1')
    .option('--db <file>', 'SQLite file for the tasks; :memory: for none', 'xpander-local.db')
    .option(
      '--api-key <key>',
      'accept only this key; repeatable; or XPANDER_LOCAL_API_KEYS=key,key (default: any key)',
      collect,
    )
    .option('--organization <id>', 'organization of the tasks', 'local')
    .option('--agent <id>', 'agent to create at start; repeatable', collect)
    .option(
      '--max-tasks <number>',
      'maximum number of tasks; the oldest are removed (default: 100000)',
      wholeNumber(1),
    )
    .option(
      '--body-limit <bytes>',
      'maximum size of a request body (default: 10 MiB)',
      wholeNumber(1),
    )
    .option(
      '--rate-limit <number>',
      'maximum requests per minute before 429 (default: none)',
      wholeNumber(1),
    )
    .addOption(
      new Option('--fault-latency <ms>', 'delay each report')
        .argParser(wholeNumber(0))
        .conflicts(['faultStatus', 'faultDrop']),
    )
    .addOption(
      new Option('--fault-status <code>', 'respond to each report with this error status')
        .argParser(wholeNumber(400, 599))
        .conflicts('faultDrop'),
    )
    .option('--fault-drop', 'close the connection at each report')
    .option('--quiet', 'do not print tasks')
    .option('--json', 'print JSON, one object per line')
    .addHelpText('after', help)
    .exitOverride(exitOnUsageError)
    .action(run);
}

async function run(flags: LocalCommandOptions, command: Command): Promise<void> {
  let platform: LocalPlatform;
  try {
    platform = await start(flags, command);
  } catch (error) {
    if (!(error instanceof XpanderError)) throw error;
    printError(error.message);
    process.exitCode = 1;
    return;
  }
  ignoreClosedOutput();
  const { url, databaseFile } = platform;
  console.log(
    flags.json
      ? safeJson({ event: 'listening', url, databaseFile })
      : `xpander-lambda local: ${url} (tasks in ${databaseFile}). Set XPANDER_BASE_URL=${url} in your function.`,
  );
  closeOnSignal(platform);
}

async function start(flags: LocalCommandOptions, command: Command): Promise<LocalPlatform> {
  // Loaded lazily because --help does not need the server, the database and the validator.
  const { startLocalPlatform } = await import('../../local/server/local-platform.ts');
  return startLocalPlatform({
    port: flags.port,
    host: flags.host,
    databaseFile: flags.db,
    apiKeys: flags.apiKey ?? keysFromEnvironment(),
    organizationId: flags.organization,
    agentIds: flags.agent ?? [],
    ...(flags.maxTasks !== undefined && { maxTasks: flags.maxTasks }),
    ...(flags.bodyLimit !== undefined && { bodyLimitBytes: flags.bodyLimit }),
    ...(flags.rateLimit !== undefined && { rateLimitPerMinute: flags.rateLimit }),
    ...faultsFromFlags(flags),
    // The command does not expose the request log, which would fill the memory with bodies.
    requestLogSize: 0,
    ...(!flags.quiet && {
      onTask: createTaskPrinter(process.stdout, terminalOf(command), flags.json ?? false),
    }),
  });
}

// Handles the first Ctrl-C only, so that a second one ends the process immediately.
function closeOnSignal(platform: LocalPlatform): void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  function close(): void {
    for (const signal of signals) {
      process.off(signal, close);
    }
    void platform.close().then(() => {
      // Unread output would keep the process alive.
      setTimeout(() => process.exit(), 500).unref();
    });
  }
  for (const signal of signals) {
    process.on(signal, close);
  }
}

function faultsFromFlags(options: LocalCommandOptions): { readonly faults?: Faults } {
  if (options.faultLatency !== undefined) {
    return { faults: { kind: 'latency', ms: options.faultLatency } };
  }
  if (options.faultStatus !== undefined) {
    return { faults: { kind: 'status', status: options.faultStatus } };
  }
  return options.faultDrop === true ? { faults: { kind: 'drop' } } : {};
}

function keysFromEnvironment(): string[] {
  const keys = process.env['XPANDER_LOCAL_API_KEYS'] ?? '';
  return keys.split(',').filter((key) => key !== '');
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

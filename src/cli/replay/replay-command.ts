import { Command, InvalidArgumentError } from 'commander';
import { XpanderError } from '../../errors.ts';
import { type ReplayOptions, replay } from './replay.ts';

const help = `
Any export of the function's log will do: text, JSON or CSV from the console, the AWS CLI, Logs
Insights or S3, also compressed with gzip. Repeating the command is safe: a report updates the
record of its run, and a failure is not sent when a later attempt has a finished record.

The API key is taken from XPANDER_API_KEY.

Examples:
  $ xpander-lambda replay export.csv --dry-run
  $ aws logs filter-log-events --log-group-name /aws/lambda/my-agent \\
      --filter-pattern '"undelivered report"' --output json | xpander-lambda replay -
  $ cat export/*/*.gz | xpander-lambda replay - --rejected left.log

Exit codes: 0 everything found is accounted for, 1 something was not sent, 2 wrong usage.`;

/** `xpander-lambda replay`: sends the reports again that a function wrote into its log. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('Send the undelivered reports again that a function wrote into its log.')
    .argument('<file>', 'export of the log; - for standard input')
    .option('--agent-id <id>', 'agent to send them for (default: the one that each line names)')
    .option(
      '--base-url <url>',
      'where the platform is (default: XPANDER_BASE_URL, else xpander.ai)',
    )
    .option('--rate <number>', 'most requests in a minute; 0 for no limit', requestRate, 100)
    .option('--rejected <file>', 'file for what could not be sent, to be sent again')
    .option('--dry-run', 'list what would be sent, and send nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(run);
}

async function run(file: string, options: ReplayOptions, command: Command): Promise<void> {
  try {
    const complete = await replay(file, options, abortedBySignal());
    process.exitCode = complete ? 0 : 1;
  } catch (error) {
    if (!(error instanceof XpanderError)) throw error;
    command.error(`error: ${error.message}`);
  }
}

// Once: a second Ctrl-C ends the process at once, as it does without us.
function abortedBySignal(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  return interrupted.signal;
}

function requestRate(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number of requests; 0 for no limit.');
  }
  return Number(text);
}

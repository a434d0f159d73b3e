import { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { endWith, exitAsUsage } from '../shared/exit-codes.ts';
import { name, names, seconds, wholeNumber } from '../shared/flag-values.ts';
import { addPlatformFlags, keyHelp, type PlatformFlags } from '../shared/platform-access.ts';
import { safeJson, safeLine } from '../shared/terminal-text.ts';
import { type ReportFlags, reportFromFlags } from './report-from-flags.ts';
import { runReported } from './run-reported.ts';
import { sendReport } from './send-report.ts';

interface Flags extends ReportFlags, PlatformFlags {
  readonly json?: boolean;
}

const help = `
TEXT is taken as it is; @FILE reads a file, - standard input (@@ begins a text with an @).
Using an id again updates that task. Without --id one is made before the report is sent, so that
sending it again after a failure makes no second task.

--from takes an object with the fields agent_id, id, input, llm_response, tokens (prompt_tokens,
completion_tokens, cache_read_tokens, cache_write_tokens), is_success, result, duration and used_tools, or the same in camelCase. Flags
beside it win.

With a command behind -- it runs that, and reports how it went: its output as result, its exit code
as success, its duration, and the command line as input unless --input is given. Secrets in what is
reported are masked. Standard input, output, error and the exit code stay the command's, also
when the report cannot be sent; that is then said on standard error.

It prints the task's id; --json prints the task as \`xpander-lambda task --json\` does.
${keyHelp}

Examples:
  $ xpander-lambda report --agent agent-123 --id job-7842 --input "Summarize Q4" \\
      --result @summary.txt --duration 4.7 --prompt-tokens 2140 --completion-tokens 380 \\
      --tool web_search --tool fetch_pdf
  $ run-agent | xpander-lambda report --agent agent-123 --input @prompt.txt --result -
  $ jq -n '{input: "Daily summary", is_success: false}' | xpander-lambda report --from -
  $ xpander-lambda report --agent nightly -- ./nightly-agent.sh --all

Exit codes: 0 reported, 1 the platform did not take it, 2 wrong usage; with a command the command's,
127 if it is not found.`;

/** `xpander-lambda report`: reports one task, from flags or JSON, or by running a command. */
export function reportCommand(): Command {
  const command = new Command('report')
    .description('Report one task that ran outside xpander.ai, or run a command and report it.')
    .usage('[options] [-- command [args…]]')
    .argument('[command...]', 'command to run and report')
    .option('--agent <id>', 'agent that the task belongs to (default: XPANDER_AGENT_ID)', name)
    .option('--id <id>', 'task id; using it again updates the task', name)
    .option('--input <text>', 'what was asked: TEXT, @FILE or -')
    .option('--result <text>', 'final answer, or the error: TEXT, @FILE or -')
    .option('--failed', 'the task failed')
    .option('--duration <seconds>', 'how long it took', seconds)
    .option('--prompt-tokens <number>', 'tokens sent to the model', wholeNumber(0))
    .option('--completion-tokens <number>', 'tokens that the model produced', wholeNumber(0))
    .option('--cache-read-tokens <number>', 'tokens read from the prompt cache', wholeNumber(0))
    .option('--cache-write-tokens <number>', 'tokens written to the prompt cache', wholeNumber(0))
    .option('--tool <name>', 'tool that was called; repeatable', names)
    .option('--llm-response <json>', "the provider's raw answer: JSON, @FILE or -")
    .option('--from <file>', 'the whole report as JSON; - for standard input');
  return addPlatformFlags(command)
    .option('--json', 'print the task as JSON')
    .addHelpText('after', help)
    .exitOverride(exitAsUsage)
    .action(run);
}

async function run(words: readonly string[], flags: Flags): Promise<void> {
  try {
    const toRun = commandToRun(words, process.argv);
    const report = await reportFromFlags(flags, toRun !== undefined);
    if (toRun !== undefined) {
      await runReported(toRun, report, flags);
      return;
    }
    const task = await sendReport(report, flags);
    console.log(flags.json ? safeJson(task, 2) : safeLine(task.id));
  } catch (error) {
    endWith(error);
  }
}

/** What stands behind `--`. A word elsewhere is a mistake, not a program to start. */
function commandToRun(
  words: readonly string[],
  argv: readonly string[],
): readonly [string, ...string[]] | undefined {
  const dashes = argv.indexOf('--');
  const behind = dashes === -1 ? 0 : argv.length - dashes - 1;
  const [first, ...rest] = words;
  if (words.length > behind) {
    throw new ConfigurationError(
      `'${first}' is no option. A text goes behind --input or --result, a command to run behind --.`,
    );
  }
  if (dashes !== -1 && first === undefined) {
    throw new ConfigurationError('There is no command behind --.');
  }
  return first === undefined ? undefined : [first, ...rest];
}

import { Command } from 'commander';
import { endWith, exitAsUsage } from '../shared/exit-codes.ts';
import { name } from '../shared/flag-values.ts';
import { terminalOf } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';
import { examineFunction } from './examine-function.ts';
import { examinationLines } from './print-examination.ts';

interface DoctorFlags {
  readonly region?: string;
  readonly json?: boolean;
}

const help = `
It reads the function's configuration with your AWS credentials, as the AWS CLI does, and changes
nothing. It does not read the API key. It may make use of lambda:GetFunctionConfiguration,
lambda:GetFunction, lambda:GetLayerVersion, lambda:ListLayerVersions, secretsmanager:DescribeSecret,
secretsmanager:GetResourcePolicy and iam:SimulatePrincipalPolicy; what you are not allowed is said
to be not checked.

Examples:
  $ xpander-lambda doctor my-agent
  $ xpander-lambda doctor my-agent:live --region eu-central-1
  $ xpander-lambda doctor my-agent --json | jq -r '.findings[].fix[]?'      the commands alone

Exit codes: 0 no problem was found, 1 there is a problem or the function could not be read, 2 wrong
usage.`;

/** `xpander-lambda doctor`: says what is right and what is missing in a deployed function. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check how a deployed function is set up for reporting, and say how to fix it.')
    .argument('<function>', 'name, name:alias or ARN of the function', name)
    .option(
      '--region <region>',
      "AWS region (default: the ARN's, else as the AWS CLI has it)",
      name,
    )
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', help)
    .exitOverride(exitAsUsage)
    .action(run);
}

async function run(given: string, flags: DoctorFlags, command: Command): Promise<void> {
  try {
    const examination = await examineFunction(given, flags.region);
    if (flags.json) console.log(safeJson(examination, 2));
    else console.log(examinationLines(examination, terminalOf(command)).join('\n'));
    if (examination.findings.some(({ status }) => status === 'problem')) process.exitCode = 1;
  } catch (error) {
    endWith(error);
  }
}

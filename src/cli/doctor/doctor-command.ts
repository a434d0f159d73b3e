import { Command } from 'commander';
import { exitOnUsageError, exitWithError } from '../shared/exit-codes.ts';
import { nonEmpty } from '../shared/flag-values.ts';
import { terminalOf } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';
import { diagnoseFunction } from './diagnose-function.ts';
import { diagnosisLines } from './format-diagnosis.ts';

interface DoctorFlags {
  readonly region?: string;
  readonly json?: boolean;
}

const help = `
Reads the function's configuration with your AWS credentials, like the AWS CLI. It changes nothing
and does not read the API key. It uses lambda:GetFunctionConfiguration, lambda:GetFunction,
lambda:GetLayerVersion, lambda:ListLayerVersions, secretsmanager:DescribeSecret,
secretsmanager:GetResourcePolicy and iam:SimulatePrincipalPolicy. Checks that need a permission that
you do not have are listed as not checked.

Examples:
  $ xpander-lambda doctor my-agent
  $ xpander-lambda doctor my-agent:live --region eu-central-1
  $ xpander-lambda doctor my-agent --json | jq -r '.findings[].fix[]?'      only the fix commands

Exit codes: 0 no problems, 1 problems found or the function could not be read, 2 wrong usage.`;

/** `xpander-lambda doctor`: checks the configuration of a deployed function. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check the reporting configuration of a deployed function and suggest fixes.')
    .argument('<function>', 'name, name:alias or ARN of the function', nonEmpty)
    .option(
      '--region <region>',
      'AWS region (default: region of the ARN, else of the AWS CLI)',
      nonEmpty,
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', help)
    .exitOverride(exitOnUsageError)
    .action(run);
}

async function run(functionName: string, flags: DoctorFlags, command: Command): Promise<void> {
  try {
    const diagnosis = await diagnoseFunction(functionName, flags.region);
    if (flags.json) console.log(safeJson(diagnosis, 2));
    else console.log(diagnosisLines(diagnosis, terminalOf(command)).join('\n'));
    if (diagnosis.findings.some(({ status }) => status === 'problem')) process.exitCode = 1;
  } catch (error) {
    exitWithError(error);
  }
}

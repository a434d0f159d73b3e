/** Builds a report from the flags of the command and the files that they name. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { errorCode } from '../../base/error-code.ts';
import { ConfigurationError } from '../../errors.ts';
import { parseJson, parseReportFields, type ReportFields } from './report-fields.ts';

/** The flags that describe the report. */
export interface ReportFlags {
  readonly agent?: string;
  readonly id?: string;
  readonly input?: string;
  readonly result?: string;
  readonly failed?: boolean;
  /** Seconds. */
  readonly duration?: number;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly tool?: readonly string[];
  readonly llmResponse?: string;
  readonly from?: string;
  readonly json?: boolean;
}

/**
 * @param runsCommand - whether a command is run, which determines result, success and duration
 * @throws ConfigurationError if flags conflict or a file cannot be read
 */
export async function reportFromFlags(
  flags: ReportFlags,
  runsCommand: boolean,
): Promise<ReportFields> {
  checkFlagCombination(flags, runsCommand);
  const document = flags.from === undefined ? {} : await readDocument(flags.from);
  const { agent, id, input, result, failed, duration, tool, llmResponse } = flags;
  const tokens = {
    ...document.tokens,
    ...(flags.promptTokens !== undefined && { promptTokens: flags.promptTokens }),
    ...(flags.completionTokens !== undefined && { completionTokens: flags.completionTokens }),
    ...(flags.cacheReadTokens !== undefined && { cacheReadTokens: flags.cacheReadTokens }),
    ...(flags.cacheWriteTokens !== undefined && { cacheWriteTokens: flags.cacheWriteTokens }),
  };
  return {
    ...document,
    ...(agent !== undefined && { agentId: agent }),
    ...(id !== undefined && { id }),
    ...(input !== undefined && { input: await resolveText('--input', input) }),
    ...(result !== undefined && { result: await resolveText('--result', result) }),
    ...(failed === true && { isSuccess: false }),
    ...(duration !== undefined && { duration }),
    ...(Object.keys(tokens).length > 0 && { tokens }),
    ...(tool !== undefined && { usedTools: tool }),
    ...(llmResponse !== undefined && {
      llmResponse: await resolveJson('--llm-response', llmResponse),
    }),
  };
}

function checkFlagCombination(flags: ReportFlags, runsCommand: boolean): void {
  const usedFlags = allFlags.filter((flag) => flags[flag] !== undefined);
  const readers = usedFlags.filter((flag) => flags[flag] === '-').map(flagName);
  if (readers.length > 1) {
    throw new ConfigurationError(
      `${readers.join(' and ')} cannot all read standard input. Use files for all but one.`,
    );
  }
  if (!runsCommand) {
    if (usedFlags.some((flag) => flag !== 'agent' && flag !== 'json')) return;
    throw new ConfigurationError(
      'Nothing to report. Use --id, --input or --result, --from for a report in JSON, or -- before a command to run.',
    );
  }
  const conflicting = usedFlags.find((flag) => setByCommand.has(flag));
  if (conflicting !== undefined) {
    throw new ConfigurationError(`${flagName(conflicting)} cannot be used with a command to run.`);
  }
  if (readers.length > 0) {
    throw new ConfigurationError(
      `${readers[0]} cannot read standard input, which belongs to the command.`,
    );
  }
}

const allFlags: readonly (keyof ReportFlags)[] = [
  'agent',
  'id',
  'input',
  'result',
  'failed',
  'duration',
  'promptTokens',
  'completionTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'tool',
  'llmResponse',
  'from',
  'json',
];

const setByCommand: ReadonlySet<string> = new Set(['result', 'failed', 'duration', 'from', 'json']);

function flagName(flag: string): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

async function readDocument(from: string): Promise<ReportFields> {
  const where = from === '-' ? 'standard input' : `'${from}'`;
  return parseReportFields(await readText('--from', from === '-' ? from : `@${from}`), where);
}

async function resolveJson(flag: string, value: string): Promise<unknown> {
  const text = await resolveText(flag, value);
  const isFile = value.startsWith('@') && !value.startsWith('@@');
  return parseJson(text, isFile ? `the file '${value.slice(1)}'` : `the value of ${flag}`);
}

async function resolveText(flag: string, value: string): Promise<string> {
  if (value.startsWith('@@')) return value.slice(1);
  if (value !== '-' && !value.startsWith('@')) return value;
  // Editors and echo add a line break at the end.
  return (await readText(flag, value)).replace(/\r?\n$/, '');
}

async function readText(flag: string, value: string): Promise<string> {
  try {
    const content = value === '-' ? await buffer(process.stdin) : await readFile(value.slice(1));
    return content.toString();
  } catch (cause) {
    const what = value === '-' ? 'standard input' : `the file '${value.slice(1)}'`;
    const reason = errorCode(cause) ?? 'unknown error';
    throw new ConfigurationError(`${flag}: ${what} cannot be read (${reason}).`, { cause });
  }
}

/** Puts a report together from the flags of the command and the files that they name. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ConfigurationError } from '../../errors.ts';
import { parseJson, parseReportFields, type ReportFields } from './report-fields.ts';

/** The flags that say what to report. */
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
 * @param runsCommand - whether a command is run, which says by itself how it went
 * @throws ConfigurationError for flags that contradict each other, and files that cannot be read
 */
export async function reportFromFlags(
  flags: ReportFlags,
  runsCommand: boolean,
): Promise<ReportFields> {
  demandConsistency(flags, runsCommand);
  const document = flags.from === undefined ? {} : await documentOf(flags.from);
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
    ...(input !== undefined && { input: await textOf('--input', input) }),
    ...(result !== undefined && { result: await textOf('--result', result) }),
    ...(failed === true && { isSuccess: false }),
    ...(duration !== undefined && { duration }),
    ...(Object.keys(tokens).length > 0 && { tokens }),
    ...(tool !== undefined && { usedTools: tool }),
    ...(llmResponse !== undefined && { llmResponse: await jsonOf('--llm-response', llmResponse) }),
  };
}

function demandConsistency(flags: ReportFlags, runsCommand: boolean): void {
  const given = allFlags.filter((flag) => flags[flag] !== undefined);
  const readers = given.filter((flag) => flags[flag] === '-').map(spelt);
  if (readers.length > 1) {
    throw new ConfigurationError(
      `${readers.join(' and ')} cannot all read standard input. Put all but one into files.`,
    );
  }
  if (!runsCommand) {
    if (given.some((flag) => flag !== 'agent' && flag !== 'json')) return;
    throw new ConfigurationError(
      'There is nothing to report. Give --id, --input or --result, the report with --from, or a command behind --.',
    );
  }
  const contradicting = given.find((flag) => saidByCommand.has(flag));
  if (contradicting !== undefined) {
    throw new ConfigurationError(`${spelt(contradicting)} cannot be used with a command to run.`);
  }
  if (readers.length > 0) {
    throw new ConfigurationError(`${readers[0]} cannot read standard input: it is the command's.`);
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

const saidByCommand: ReadonlySet<string> = new Set([
  'result',
  'failed',
  'duration',
  'from',
  'json',
]);

function spelt(flag: string): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

async function documentOf(from: string): Promise<ReportFields> {
  const where = from === '-' ? 'standard input' : `'${from}'`;
  return parseReportFields(await readText('--from', from === '-' ? from : `@${from}`), where);
}

async function jsonOf(flag: string, value: string): Promise<unknown> {
  const text = await textOf(flag, value);
  const isFile = value.startsWith('@') && !value.startsWith('@@');
  return parseJson(text, isFile ? `the file '${value.slice(1)}'` : `the value of ${flag}`);
}

async function textOf(flag: string, value: string): Promise<string> {
  if (value.startsWith('@@')) return value.slice(1);
  if (value !== '-' && !value.startsWith('@')) return value;
  // Editors and echo end a text with a line break that is none of it.
  return (await readText(flag, value)).replace(/\r?\n$/, '');
}

async function readText(flag: string, value: string): Promise<string> {
  try {
    const content = value === '-' ? await buffer(process.stdin) : await readFile(value.slice(1));
    return content.toString();
  } catch (cause) {
    const what = value === '-' ? 'standard input' : `the file '${value.slice(1)}'`;
    const reason = cause instanceof Error && 'code' in cause ? cause.code : 'unknown error';
    throw new ConfigurationError(`${flag}: ${what} cannot be read (${reason}).`, { cause });
  }
}

import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Examination, Finding } from '../../../src/cli/doctor/finding.ts';

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const program = `
const { doctorCommand } = await import('./src/cli/doctor/doctor-command.ts');
await doctorCommand().parseAsync(process.argv.slice(1), { from: 'user' });`;

/** Runs the command with this environment and nothing else of this process's. */
export function runDoctor(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((resolve) => {
    const node = ['--input-type=module', '--eval', program, '--', ...args];
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
    execFile(execPath, node, { cwd, env: { ...environment } }, (error, stdout, stderr) => {
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** What it found, by check; the last one where there are several. */
export async function examine(
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<Examination & { byCheck: Readonly<Record<string, Finding>>; exitCode: number }> {
  const { stdout, stderr, exitCode } = await runDoctor([name, '--json'], environment);
  if (stderr !== '') throw new Error(stderr);
  const examination: Examination = JSON.parse(stdout);
  const byCheck = Object.fromEntries(examination.findings.map((found) => [found.check, found]));
  return { ...examination, byCheck, exitCode };
}

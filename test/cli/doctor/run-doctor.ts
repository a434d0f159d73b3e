import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Diagnosis, Finding } from '../../../src/cli/doctor/finding.ts';

export interface DoctorResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const program = `
const { doctorCommand } = await import('./src/cli/doctor/doctor-command.ts');
await doctorCommand().parseAsync(process.argv.slice(1), { from: 'user' });`;

/** Runs the command with only these environment variables. */
export function runDoctor(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<DoctorResult> {
  return new Promise((resolve) => {
    const node = ['--input-type=module', '--eval', program, '--', ...args];
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
    execFile(execPath, node, { cwd, env: { ...environment } }, (error, stdout, stderr) => {
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** Runs the command and groups its findings by check. If a check has several, the last one is used. */
export async function examine(
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<Diagnosis & { byCheck: Readonly<Record<string, Finding>>; exitCode: number }> {
  const { stdout, stderr, exitCode } = await runDoctor([name, '--json'], environment);
  if (stderr !== '') throw new Error(stderr);
  const diagnosis: Diagnosis = JSON.parse(stdout);
  const byCheck = Object.fromEntries(diagnosis.findings.map((finding) => [finding.check, finding]));
  return { ...diagnosis, byCheck, exitCode };
}

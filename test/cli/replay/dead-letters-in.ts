import { type LocatedDeadLetter, scanExport } from '../../../src/cli/replay/scan-export.ts';

export async function deadLettersIn(chunks: Iterable<string>): Promise<LocatedDeadLetter[]> {
  const found: LocatedDeadLetter[] = [];
  for await (const deadLetter of scanExport(chunks)) found.push(deadLetter);
  return found;
}

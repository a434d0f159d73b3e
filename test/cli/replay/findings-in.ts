import { type LocatedFinding, scanExport } from '../../../src/cli/replay/scan-export.ts';

/** All that is found in an export. */
export async function findingsIn(chunks: Iterable<string>): Promise<LocatedFinding[]> {
  const found: LocatedFinding[] = [];
  for await (const finding of scanExport(chunks)) found.push(finding);
  return found;
}

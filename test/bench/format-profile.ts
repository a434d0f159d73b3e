/** Shows where the time of an init goes, compared with the baseline. */

import type { InitProfile } from './profile-init.ts';

const mostFiles = 30;
/** What is less than this is chance, in milliseconds. */
const leastMs = 0.1;

export function formatProfile(profile: InitProfile, baseline: InitProfile): string {
  const rows = [...profile.times]
    .filter(([file]) => file !== '(idle)')
    .map(([file, ms]) => ({ file, ms, added: ms - (baseline.times.get(file) ?? 0) }))
    .sort((a, b) => b.added - a.added);
  const more = profile.builtins.filter((name) => !baseline.builtins.includes(name));
  return [
    'Milliseconds by file, and those that the baseline does not take. Files of Node.js that load modules',
    'grow with the number of files; C++ counts for the file that called it.',
    '',
    '   added   total   file',
    ...rows
      .filter(({ added }) => added >= leastMs)
      .slice(0, mostFiles)
      .map(line),
    line({ file: 'all files', ms: sum(rows, 'ms'), added: sum(rows, 'added') }),
    '',
    `Modules of Node.js that the baseline does not load (${more.length}): ${more.join(', ') || 'none'}`,
    `For Chrome's DevTools: ${profile.folder}`,
  ].join('\n');
}

interface Row {
  readonly file: string;
  readonly ms: number;
  readonly added: number;
}

function line({ file, ms, added }: Row): string {
  return `${added.toFixed(2).padStart(8)}${ms.toFixed(2).padStart(8)}   ${shorten(file)}`;
}

/** From the function's folder on, or from the project's. */
function shorten(file: string): string {
  const project = new URL('../..', import.meta.url).href;
  return file.replace(/^file:.*\/temp\/task-[^/]+\//, '').replace(project, '');
}

function sum(rows: readonly Row[], field: 'ms' | 'added'): number {
  return rows.reduce((total, row) => total + row[field], 0);
}

/** The Markdown pages of the repository. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Paths from the root of the repository. */
export const pages: readonly string[] = globSync(['*.md', 'docs/*.md'], { cwd: root });

/** Reads a file by its path from the root of the repository. */
export function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}

/** The code of all fenced blocks in a language. */
export function blocks(text: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms');
  return [...text.matchAll(fence)].map(([, code = '']) => code);
}

/** The text without its fenced blocks. */
export function withoutBlocks(text: string): string {
  return text.replace(/^```.*?^```/gms, '');
}

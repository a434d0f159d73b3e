/** The page on troubleshooting has the log lines that the code writes, and no others. */
import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { read, root } from './support/pages.ts';

/** What runs in a function. */
const sources = globSync(
  ['src/**/*.ts', 'layer/**/*.ts', 'layer/**/{exec-wrapper,xpander-sentinel}'],
  {
    cwd: root,
    exclude: ['src/cli/**', 'src/local/**', 'src/build/**', 'layer/build/**', 'layer/dist/**'],
  },
).map(read);

test('every message on the page is in the code', () => {
  const code = sources.join('\n').replaceAll("\\'", "'");

  const unknown = messages().filter(
    (message) => !fragmentsOf(message).every((fragment) => code.includes(fragment)),
  );

  expect(unknown).toEqual([]);
  expect(messages().length).toBeGreaterThan(60);
});

test('every line that the code logs is on the page', () => {
  const patterns = messages().map(patternOf);
  const lines = sources.flatMap(loggedLines);

  const missing = lines.filter((line) => !patterns.some((pattern) => pattern.test(line)));

  expect(missing).toEqual([]);
  expect(lines.length).toBeGreaterThan(25);
});

/** What the first columns of the tables show, except for the symptoms. */
function messages(): string[] {
  const page = read('docs/troubleshooting.md').replace(/^## Symptoms.*?(?=^## )/ms, '');
  return [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = '']) => message);
}

/** The parts that do not vary. In the code the name of an error stands apart from its message. */
function fragmentsOf(message: string): string[] {
  return message
    .split(/…|(?<=Error|TooLarge): /)
    .map((fragment) => fragment.trim())
    .filter((fragment) => fragment.length > 3);
}

function patternOf(message: string): RegExp {
  const parts = message.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(parts.join('.*'), 's');
}

/** Messages that are written where they are logged; the parts that vary are `…`. */
function loggedLines(source: string): string[] {
  const inTypeScript =
    /(?<!console\.)\b(?:log\.(?:debug|info|warn|error)|warn|complain)\(\s*(['`])((?:\\.|(?!\1).)+)\1/gs;
  const inShell = /^ *(?:is_quiet \|\| )?(?:say|log(?: WARN| ERROR)?) (['"])((?:(?!\1).)+)\1/gm;
  return [...source.matchAll(inTypeScript), ...source.matchAll(inShell)].map(([, , text = '']) =>
    text.replaceAll(/\$\{[^}]*\}|\$\w+(?:\/[\w$]+)?/g, '…').replaceAll("\\'", "'"),
  );
}

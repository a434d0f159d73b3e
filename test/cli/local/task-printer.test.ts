import { expect, test } from 'vitest';
import { createTaskPrinter } from '../../../src/cli/local/task-printer.ts';
import type { Terminal } from '../../../src/cli/shared/terminal.ts';
import { textWidth } from '../../../src/cli/shared/text-width.ts';
import type { TaskRow } from '../../../src/local/wire/page-data.ts';

const received: TaskRow = {
  agentId: 'agent-123',
  id: 'job-1',
  status: 'completed',
  inputLine: 'Summarize Q4 earnings',
  resultLine: 'Revenue grew',
  durationSeconds: 4.7,
  tokens: {
    ...{ promptTokens: 2140, completionTokens: 380, totalTokens: 2520 },
    ...{ cacheReadTokens: 0, cacheWriteTokens: 0 },
  },
  usedTools: ['web_search', 'fetch_pdf'],
  toolCount: 2,
  createdAt: '2026-11-23T05:41:32.000Z',
  updatedAt: '2026-11-23T05:41:32.000Z',
  reportCount: 1,
};

test('prints each task as an aligned line', () => {
  const { print, written } = createPrinter();

  print(received);
  print({ ...received, usedTools: [], tokens: null, durationSeconds: 0.24, inputLine: null });
  print({ ...received, status: 'failed', resultLine: 'TypeError: x', reportCount: 2 });
  print({ ...received, agentId: 'a-much-longer-name-of-an-agent', status: 'paused' });

  expect(written().replaceAll(/^\d\d:\d\d:\d\d/gm, 'TIME')).toBe(
    [
      'TIME  ✓  agent-123    4.7 s    2,140+380  web_search, fetch_pdf  Summarize Q4 earnings\n',
      'TIME  ✓  agent-123   240 ms            –\n',
      'TIME  ✗  agent-123    4.7 s    2,140+380  web_search, fetch_pdf  (report 2) Summarize Q4 earnings → TypeError: x\n',
      'TIME  •  a-much-longer-name-…    4.7 s    2,140+380  web_search, fetch_pdf  Summarize Q4 earnings\n',
    ].join(''),
  );
});

test.each([200, 100, 80, 60, 40, 20, 1])('fits the line of any task into %d columns', (columns) => {
  const { print, written } = createPrinter({ columns });
  const hostile = '\u001b[2J日本\u202e\n\u009b'.repeat(100);

  print(received);
  print({ ...received, agentId: hostile, inputLine: hostile, usedTools: [hostile] });

  const lines = written().split('\n').slice(0, -1);
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(textWidth(line)).toBeLessThanOrEqual(columns);
  }
});

test('adapts to a new terminal width', () => {
  let columns = 100;
  const { print, written } = createPrinter({ columns: () => columns });

  print(received);
  columns = 60;
  print(received);

  const [wide = '', narrow = ''] = written().split('\n');
  expect(wide).toContain('web_search, fetch_pdf');
  expect(narrow).not.toContain('web_search');
  expect(narrow).toContain('Summarize');
});

test('prints a task as a line of JSON', () => {
  const { print, written } = createPrinter({ asJson: true });

  print({ ...received, inputLine: 'two\nlines\u009b' });

  expect(written()).toMatch(/^\{[^\n\u009b]+\}\n$/);
  expect(JSON.parse(written())).toEqual({
    event: 'task',
    ...received,
    inputLine: 'two\nlines\u009b',
  });
});

test('skips tasks while the output is not read and prints their number', () => {
  const stream = {
    writableLength: 0,
    lines: [] as string[],
    write: (text: string) => stream.lines.push(text),
  };
  const print = createTaskPrinter(stream, terminal(undefined), true);

  stream.writableLength = 2 ** 21;
  for (let n = 0; n < 3; n++) print(received);
  stream.writableLength = 0;
  print(received);

  expect(stream.lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'skipped', tasks: 3 },
    { event: 'task', id: 'job-1' },
  ]);
});

interface PrinterOptions {
  readonly columns?: number | (() => number);
  readonly asJson?: boolean;
}

function createPrinter({ columns, asJson = false }: PrinterOptions = {}): {
  readonly print: (row: TaskRow) => void;
  readonly written: () => string;
} {
  let written = '';
  const stream = { writableLength: 0, write: (text: string) => (written += text) };
  return { print: createTaskPrinter(stream, terminal(columns), asJson), written: () => written };
}

function terminal(columns: PrinterOptions['columns']): Terminal {
  return {
    columns: () => (typeof columns === 'function' ? columns() : columns),
    paint: (_, text) => text,
  };
}

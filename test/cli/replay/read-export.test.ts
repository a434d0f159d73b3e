import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { readExport } from '../../../src/cli/replay/read-export.ts';

const content = `${'one line ü 😀\n'.repeat(50_000)}end`;

test.each([
  ['as it is', Buffer.from(content)],
  ['compressed', gzipSync(content)],
  [
    'compressed piece by piece',
    Buffer.concat([gzipSync(content.slice(0, 100)), gzipSync(content.slice(100))]),
  ],
  ['with a byte order mark', Buffer.from(`\uFEFF${content}`)],
  ['as UTF-16', Buffer.from(`\uFEFF${content}`, 'utf16le')],
  ['as UTF-16 and compressed', gzipSync(Buffer.from(`\uFEFF${content}`, 'utf16le'))],
])('reads a file %s', async (_, bytes) => {
  const file = temporaryFile(bytes);

  const read = await textOf(file);

  expect(read === content).toBe(true);
});

test.each([0, 1])('reads a file of %i bytes', async (length) => {
  const file = temporaryFile(Buffer.from('x'.repeat(length)));

  const read = await textOf(file);

  expect(read).toBe('x'.repeat(length));
});

test.each([
  ['cut off', gzipSync(content).subarray(0, 500)],
  ['damaged', gzipSync(content).fill(0xff, 300, 400)],
])('says that a compressed file is %s', async (_, bytes) => {
  const file = temporaryFile(bytes);

  const reading = textOf(file);

  await expect(reading).rejects.toThrow(
    `"${file}" starts as gzip but is damaged or cut off. Export it again.`,
  );
});

test('says that there is no such file', async () => {
  const reading = textOf('/nowhere/export.log');

  await expect(reading).rejects.toThrow('There is no file "/nowhere/export.log".');
});

test('says that it is a directory and how several files are sent', async () => {
  const reading = textOf(tmpdir());

  await expect(reading).rejects.toThrow(
    `"${tmpdir()}" is a directory. Name a file, or give several one after the other: cat ${tmpdir()}/* | xpander-lambda replay -`,
  );
});

test('ends when it is interrupted', async () => {
  const interrupted = new AbortController();
  const reading = readExport(temporaryFile(Buffer.from(content)), interrupted.signal);

  await reading.next();
  interrupted.abort();
  const rest = (async () => {
    for await (const _ of reading);
  })();

  await expect(rest).rejects.toMatchObject({ name: 'AbortError' });
});

async function textOf(file: string): Promise<string> {
  let text = '';
  for await (const chunk of readExport(file, new AbortController().signal)) text += chunk;
  return text;
}

function temporaryFile(bytes: Buffer): string {
  const directory = mkdtempSync(join(tmpdir(), 'replay-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'export.log'), bytes);
  return join(directory, 'export.log');
}

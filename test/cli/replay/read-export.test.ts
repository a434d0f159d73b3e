import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readExport } from '../../../src/cli/replay/read-export.ts';
import { temporaryFile } from '../../support/temporary-file.ts';

const content = `${'one line ü 😀\n'.repeat(50_000)}end`;

test.each([
  ['as plain text', Buffer.from(content)],
  ['compressed', gzipSync(content)],
  [
    'compressed in several gzip members',
    Buffer.concat([gzipSync(content.slice(0, 100)), gzipSync(content.slice(100))]),
  ],
  ['with a byte order mark', Buffer.from(`\uFEFF${content}`)],
  ['as UTF-16', Buffer.from(`\uFEFF${content}`, 'utf16le')],
  ['as UTF-16 and compressed', gzipSync(Buffer.from(`\uFEFF${content}`, 'utf16le'))],
])('reads an export %s', async (_, bytes) => {
  const file = temporaryFile('export.log', bytes);

  const read = await readText(file);

  expect(read === content).toBe(true);
});

test.each([0, 1])('reads an export of %i bytes', async (length) => {
  const file = temporaryFile('export.log', Buffer.from('x'.repeat(length)));

  const read = await readText(file);

  expect(read).toBe('x'.repeat(length));
});

test.each([
  ['truncated', gzipSync(content).subarray(0, 500)],
  ['damaged', gzipSync(content).fill(0xff, 300, 400)],
])('rejects gzip data that is %s', async (_, bytes) => {
  const file = temporaryFile('export.log', bytes);

  const reading = readText(file);

  await expect(reading).rejects.toThrow(
    `"${file}" is damaged or truncated gzip data. Export it again.`,
  );
});

test('rejects a file that does not exist', async () => {
  const reading = readText('/nowhere/export.log');

  await expect(reading).rejects.toThrow('"/nowhere/export.log" does not exist.');
});

test('rejects a directory and explains how to send several files', async () => {
  const reading = readText(tmpdir());

  await expect(reading).rejects.toThrow(
    `"${tmpdir()}" is a directory. Name a file, or pipe several files: cat ${tmpdir()}/* | xpander-lambda replay -`,
  );
});

test('stops reading when the signal aborts', async () => {
  const interrupted = new AbortController();
  const reading = readExport(temporaryFile('export.log', Buffer.from(content)), interrupted.signal);

  await reading.next();
  interrupted.abort();
  const rest = (async () => {
    for await (const _ of reading);
  })();

  await expect(rest).rejects.toMatchObject({ name: 'AbortError' });
});

async function readText(file: string): Promise<string> {
  let text = '';
  for await (const chunk of readExport(file, new AbortController().signal)) text += chunk;
  return text;
}

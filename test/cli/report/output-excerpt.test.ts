import { expect, test } from 'vitest';
import { createOutputExcerpt } from '../../../src/cli/report/output-excerpt.ts';

test.each([
  ['', ''],
  ['short\n', 'short'],
  ['0123456789', '0123456789'],
  ['0123456789ab', '01234\n… 2 bytes omitted …\n789ab'],
])('keeps the start and the end of %j for any chunks', (output, kept) => {
  const oneChunk = createOutputExcerpt(5);
  const manyChunks = createOutputExcerpt(5);

  oneChunk.add(Buffer.from(output));
  for (const character of output) manyChunks.add(Buffer.from(character));

  expect([oneChunk.text(), manyChunks.text()]).toEqual([kept, kept]);
});

test('notes once how many bytes of a long output are omitted', () => {
  const excerpt = createOutputExcerpt(1_000);

  for (let n = 0; n < 10_000; n++) excerpt.add(Buffer.from('0123456789'));

  expect(excerpt.text()).toMatch(/^(\d+)\n… 98000 bytes omitted …\n\d+$/);
  expect(excerpt.text()).toHaveLength(2_000 + '\n… 98000 bytes omitted …\n'.length);
});

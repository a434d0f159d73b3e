import { expect, test } from 'vitest';
import { createOutputKeeper } from '../../../src/cli/report/output-excerpt.ts';

test.each([
  ['', ''],
  ['short\n', 'short'],
  ['0123456789', '0123456789'],
  ['0123456789ab', '01234\n… 2 bytes left out …\n789ab'],
])('keeps the begin and the end of %j, in whatever pieces it comes', (output, kept) => {
  const whole = createOutputKeeper(5);
  const pieces = createOutputKeeper(5);

  whole.add(Buffer.from(output));
  for (const character of output) pieces.add(Buffer.from(character));

  expect([whole.text(), pieces.text()]).toEqual([kept, kept]);
});

test('says once how much of an endless output is left out', () => {
  const keeper = createOutputKeeper(1_000);

  for (let n = 0; n < 10_000; n++) keeper.add(Buffer.from('0123456789'));

  expect(keeper.text()).toMatch(/^(\d+)\n… 98000 bytes left out …\n\d+$/);
  expect(keeper.text()).toHaveLength(2_000 + '\n… 98000 bytes left out …\n'.length);
});

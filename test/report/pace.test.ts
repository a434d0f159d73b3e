import { expect, test } from 'vitest';
import { createPace } from '../../src/report/pace.ts';

test('before anything is read it is guessed from the share of a CPU', () => {
  expect(createPace(1).charactersIn(100)).toBe(500_000);
  expect(createPace(0.07).charactersIn(100)).toBe(35_000);
});

test('what was seen counts more the longer it took', () => {
  const pace = createPace(1);

  pace.took(10_000, 10);
  expect(pace.charactersIn(100)).toBeGreaterThan(450_000);

  for (let count = 0; count < 5; count += 1) pace.took(100_000, 200);
  expect(pace.charactersIn(100)).toBeLessThan(75_000);
});

test('a piece that got a CPU for itself is not believed', () => {
  const pace = createPace(0.07);

  for (let count = 0; count < 100; count += 1) pace.took(200_000, 7);

  expect(pace.charactersIn(100)).toBe(105_000);
});

test('there is nothing to be read in a time that is over', () => {
  expect(createPace(1).charactersIn(-5)).toBe(0);
});

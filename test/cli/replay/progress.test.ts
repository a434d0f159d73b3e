import { expect, test } from 'vitest';
import { createProgress, type ProgressStream } from '../../../src/cli/replay/progress.ts';

test('overwrites the progress bar on a terminal and clears it at the end', () => {
  const { stream, written } = recordingStream({ isTTY: true, columns: 200 });
  const progress = createProgress(8, stream);

  progress.update(3, '3 sent');
  progress.update(8, '8 sent', 2_500);
  progress.end();

  expect(written).toEqual([
    '\r█████████░░░░░░░░░░░░░░░ 3 of 8: 3 sent\x1b[K',
    '\r████████████████████████ 8 of 8 (continuing in 3 s): 8 sent\x1b[K',
    '\r\x1b[K',
  ]);
});

test('cuts the progress bar to the width of a narrow terminal', () => {
  const { stream, written } = recordingStream({ isTTY: true, columns: 20 });

  createProgress(8, stream).update(8, '8 sent');

  expect(written).toEqual([`\r${'█'.repeat(19)}\x1b[K`]);
});

test('assumes 80 columns for a terminal that reports 0', () => {
  const { stream, written } = recordingStream({ isTTY: true, columns: 0 });

  createProgress(8, stream).update(8, '8 sent'.repeat(20));

  expect(written[0]).toHaveLength(1 + 79 + '\x1b[K'.length);
});

test('writes progress lines every 10 seconds and before each long pause without a terminal', () => {
  const { stream, written } = recordingStream({});
  let time = 0;
  const progress = createProgress(100, stream, () => time);

  progress.update(1, '1 sent');
  time = 9_999;
  progress.update(2, '2 sent');
  time = 10_000;
  progress.update(3, '3 sent');
  progress.update(3, '3 sent', 59_100);
  progress.end();

  expect(written).toEqual(['3 of 100: 3 sent\n', '3 of 100 (continuing in 60 s): 3 sent\n']);
});

function recordingStream(properties: Omit<ProgressStream, 'write'>): {
  stream: ProgressStream;
  written: string[];
} {
  const written: string[] = [];
  return { stream: { ...properties, write: (text) => written.push(text) }, written };
}

import { expect, test } from 'vitest';
import { hideOwnFrames, makeRoomForOwnFrames } from '../../src/capture/own-frames.ts';

const call = { handler: () => 1, receiver: undefined, reported: () => 1 };
const ownFrame =
  '    at Runtime.[xpander-lambda] [as handler] (file:///opt/xpander-lambda/chunks/init.mjs:1:2)';

function withStack(...lines: string[]): Error {
  return Object.assign(new Error('no tokens left'), { stack: lines.join('\n') });
}

function frames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `    at deep (/var/task/index.js:${index}:1)`);
}

test('our frame is taken out, and nothing else', () => {
  const error = withStack(
    'Error: no tokens left',
    ...frames(2),
    ownFrame,
    '    at last (a.js:1:1)',
  );

  hideOwnFrames(error, call);

  expect(error.stack).toBe(
    ['Error: no tokens left', ...frames(2), '    at last (a.js:1:1)'].join('\n'),
  );
});

test('a deep stack has as many frames as it has without us', () => {
  const restore = makeRoomForOwnFrames();
  const error = withStack('Error: deep', ...frames(Error.stackTraceLimit));
  restore();

  hideOwnFrames(error, call);

  expect(error.stack?.split('\n')).toHaveLength(1 + Error.stackTraceLimit);
});

test('a stack that somebody has put together keeps its length', () => {
  const text = ['Error: outer', ...frames(30)].join('\n');
  const error = withStack(text);

  hideOwnFrames(error, call);

  expect(error.stack).toBe(text);
});

test('causes are looked at as well, also where they go round', () => {
  const cause = withStack('Error: inner', ...frames(1), ownFrame);
  const error = Object.assign(withStack('Error: outer', ...frames(1)), { cause });
  cause.cause = error;

  hideOwnFrames(error, call);

  expect(cause.stack).toBe(['Error: inner', ...frames(1)].join('\n'));
});

test('what cannot be read or written stays as it is', () => {
  const text = ['Error: fixed', ...frames(1), ownFrame].join('\n');
  const fixed = Object.defineProperty(new Error('fixed'), 'stack', { get: () => text });

  hideOwnFrames(fixed, call);
  hideOwnFrames(null, call);
  hideOwnFrames('a text', call);

  expect(fixed.stack).toBe(text);
});

/** `currentTask().tool()` returns what the tool returns and observes failures. */
import { expect, test, vi } from 'vitest';
import {
  createRecorder,
  type Recorded,
  type TaskRecorder,
} from '../../src/invocation/task-recorder.ts';

test('a tool is recorded, and its result is returned', () => {
  const { recorder, recorded } = setUp();
  const value = { rows: 1 };

  expect(recorder.tool('query', () => value)).toBe(value);
  expect(recorded().llm).toEqual([{ kind: 'tool', name: 'query' }]);
  expect(recorded().failure).toBeUndefined();
});

test('a tool that throws fails the task, and its error is rethrown', () => {
  const { recorder, recorded } = setUp();
  const error = new Error('no rows');
  const call = (): never => {
    throw error;
  };

  expect(() => recorder.tool('query', call)).toThrow(error);
  expect(recorded().failure).toEqual({ value: error });
});

test('a tool that rejects fails the task even if the handler catches the error', async () => {
  const { recorder, recorded } = setUp();
  const error = new Error('no rows');

  const caught = await recorder
    .tool('query', () => Promise.reject(error))
    .catch((reason: unknown) => reason);

  expect(caught).toBe(error);
  expect(recorded().failure).toEqual({ value: error });
});

class Query extends Promise<unknown> {
  readonly text = 'SELECT 1';
}

test('a promise of a subclass is returned unchanged, and its rejection fails the task', async () => {
  const { recorder, recorded } = setUp();
  const error = new Error('no rows');
  const query = new Query((_, reject) => setImmediate(reject, error));

  const returned = recorder.tool('query', () => query);

  expect(returned).toBe(query);
  expect(returned.text).toBe('SELECT 1');
  await expect(returned).rejects.toBe(error);
  await vi.waitFor(() => expect(recorded().failure).toEqual({ value: error }));
});

test('a promise of a subclass that fulfils does not fail the task', async () => {
  const { recorder, recorded } = setUp();
  const query = Query.resolve('one');

  expect(recorder.tool('query', () => query)).toBe(query);
  await query;
  expect(recorded().failure).toBeUndefined();
});

test('a thenable is returned unchanged and is not started', async () => {
  const { recorder, recorded } = setUp();
  const then = vi.fn((resolve: (value: string) => void) => resolve('one'));
  const lazy = { then, where: () => lazy };

  const returned = recorder.tool('query', () => lazy);
  await new Promise((resolve) => setImmediate(resolve));
  const before = then.mock.calls.length;

  expect(returned).toBe(lazy);
  expect(await returned.where()).toBe('one');
  expect([before, then.mock.calls.length]).toEqual([0, 1]);
  expect(recorded().failure).toBeUndefined();
});

test('an unhandled rejection stays unhandled', async () => {
  const { recorder } = setUp();
  const unhandled = vi.fn();
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', unhandled);
  try {
    void recorder.tool('query', () => Promise.reject(new Error('no rows')));
    await vi.waitFor(() => expect(unhandled).toHaveBeenCalledTimes(1));
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  }
});

function setUp(): { readonly recorder: TaskRecorder; readonly recorded: () => Recorded } {
  return createRecorder(
    'task-1',
    () => false,
    () => expect.unreachable(),
  );
}

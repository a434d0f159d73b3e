import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Route, readRoute, writeRoute } from '../../../../src/local/page/state/route.ts';
import { noFilters } from '../../../../src/local/page/state/task-filters.ts';

test.each([
  '/',
  '/metrics',
  '/tasks/agent/id',
  '/?agent=a&status=failed&text=x&range=1h',
  '/metrics?range=all',
])('reads and writes %s', (address) => {
  expect(writeRoute(read(address))).toBe(address);
});

test('restores the key of any task from its URL', () => {
  const name = fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.toWellFormed());
  const names = fc.oneof(name, fc.constantFrom('.', '..', '%2e', '/', 'a/b', '?', '#', '+', ' '));

  fc.assert(
    fc.property(names, names, (agentId, id) => {
      const route: Route = { kind: 'tasks', filters: noFilters, task: { agentId, id }, version: 3 };

      expect(read(writeRoute(route))).toEqual(route);
    }),
  );
});

test.each(['/tasks/%ff/x', '/tasks/a', '/tasks/a/b/c', '/elsewhere'])(
  'shows the list for %s',
  (address) => {
    expect(read(address)).toEqual({ kind: 'tasks', filters: noFilters, task: null, version: null });
  },
);

test('ignores invalid filters', () => {
  const address = '/?status=<b>&range=99y&from=never&version=-1';

  expect(writeRoute(read(address))).toBe('/');
});

/** Parses a URL like a browser, which resolves dots in paths. */
function read(address: string): Route {
  const { pathname, search } = new URL(address, 'http://127.0.0.1');
  return readRoute(pathname, search);
}

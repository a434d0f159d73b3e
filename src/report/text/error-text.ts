/** What a thrown value says, as the text of a report. */
import * as types from 'node:util/types';
import { toJsonValue } from './json-value.ts';
import { textOf } from './text-of.ts';
import { wellFormed } from './well-formed.ts';

/** Causes and members that are listed. A chain that long has said what it has to say. */
const MAX_CAUSES = 20;

/**
 * `Name: message`, then the causes, then the stack, one a line. Values that are no errors become
 * their text. Never throws.
 */
export function errorText(thrown: unknown): string {
  const lines = [headline(thrown), ...causes(thrown)];
  const frames = isError(thrown) ? stackFrames(thrown) : '';
  return wellFormed([...lines, ...(frames === '' ? [] : [frames])].join('\n'));
}

/** The name of a thrown error, the type of any other thrown value. Never throws. */
export function errorName(thrown: unknown): string {
  if (!isError(thrown)) return thrown === null ? 'null' : typeof thrown;
  const name = read(thrown, 'name');
  return typeof name === 'string' && name !== '' ? wellFormed(name) : 'Error';
}

function headline(thrown: unknown): string {
  if (!isError(thrown)) return describe(thrown);
  const message = describe(read(thrown, 'message') ?? '');
  return message === '' ? errorName(thrown) : `${errorName(thrown)}: ${message}`;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'symbol':
      return String(value);
    case 'function':
      return '[Function]';
    default:
      return textOf(toJsonValue(value)) ?? 'undefined';
  }
}

/** Lines for `cause` and for the `errors` of an AggregateError, depth first, each error once. */
function causes(thrown: unknown): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>([thrown]);
  const visit = (error: unknown): void => {
    if (!isError(error)) return;
    for (const [label, cause] of directCauses(error)) {
      if (seen.has(cause) || lines.length > MAX_CAUSES) continue;
      seen.add(cause);
      lines.push(lines.length < MAX_CAUSES ? `${label}: ${headline(cause)}` : '… more causes');
      visit(cause);
    }
  };
  visit(thrown);
  return lines;
}

function directCauses(error: object): [label: string, cause: unknown][] {
  const found: [string, unknown][] = [];
  const members = read(error, 'errors');
  const count = listLength(members);
  for (let index = 0; index < Math.min(count, MAX_CAUSES + 1); index++) {
    found.push([`Error ${index + 1} of ${count}`, read(members, String(index))]);
  }
  const cause = read(error, 'cause');
  if (cause !== undefined) found.push(['Caused by', cause]);
  return found;
}

/** The stack without its first lines where these repeat name and message. */
function stackFrames(error: object): string {
  const stack = read(error, 'stack');
  if (typeof stack !== 'string') return '';
  const start = headline(error);
  if (stack.startsWith(start)) return stack.slice(start.length).replace(/^\n/, '');
  const firstFrame = stack.search(/^ +at /m);
  return firstFrame === -1 ? stack : stack.slice(firstFrame);
}

function isError(value: unknown): value is object {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

function listLength(value: unknown): number {
  try {
    return Array.isArray(value) ? value.length : 0;
  } catch {
    return 0;
  }
}

function read(owner: unknown, key: string): unknown {
  try {
    return typeof owner === 'object' && owner !== null ? Reflect.get(owner, key) : undefined;
  } catch {
    return '[Unreadable]';
  }
}

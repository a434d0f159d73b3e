/** Describes JSON data without telling any of it. */
import { type JsonValue, setField } from './text/json-value.ts';

const MAX_DEPTH = 12;

/** An object with more keys than this is a table: its keys are data. */
const MAX_KEYS = 50;

/**
 * The data's structure: texts become `string(12)`, other values their type. A list becomes the
 * shape of its first item and the number of the others. Keys stay where they are names; keys that
 * are data (ids, e-mail addresses, dates) are counted.
 */
export function shapeOf(value: JsonValue): JsonValue {
  return shape(value, 0);
}

function shape(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return `string(${value.length})`;
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return Array.isArray(value) ? listShape(value, depth) : fieldsShape(value, depth);
}

function listShape(list: readonly JsonValue[], depth: number): JsonValue {
  const [first] = list;
  if (first === undefined || depth >= MAX_DEPTH) return `array(${list.length})`;
  const firstShape = shape(first, depth + 1);
  return list.length === 1 ? [firstShape] : [firstShape, `… ${list.length - 1} more items`];
}

function fieldsShape(fields: { readonly [key: string]: JsonValue }, depth: number): JsonValue {
  const keys = Object.keys(fields);
  if (depth >= MAX_DEPTH || keys.length > MAX_KEYS) return `object(${keys.length})`;
  const shapes: { [key: string]: JsonValue } = {};
  let dataKeys = 0;
  for (const key of keys) {
    if (isName(key)) setField(shapes, key, shape(fields[key] ?? null, depth + 1));
    else dataKeys++;
  }
  if (dataKeys > 0) shapes['…'] = `${dataKeys} keys that are data`;
  return shapes;
}

/** Whether a programmer chose the key: a short identifier, with too few digits for an id. */
function isName(key: string): boolean {
  const isIdentifier = /^[$@_]{0,2}[A-Za-z][\w.:/$-]{0,63}$/.test(key);
  return isIdentifier && !/\d.*\d.*\d.*\d|[\dA-Fa-f]{12}/.test(key);
}

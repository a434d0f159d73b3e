import { parsedJson } from './parsed-json.ts';

/** The values of a text with one JSON value a line; other lines are left out. */
export function jsonLines(text: string): readonly unknown[] {
  return text.split(/\r?\n/).flatMap((line) => parsedItem(line));
}

/** The values of a JSON list of objects, also of one that has been cut. */
export function jsonListItems(text: string): readonly unknown[] {
  const values: unknown[] = [];
  let depth = 0;
  let start = 0;
  // Brackets count outside of strings only.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|"|[{}[\]]/gs)) {
    if (token === '"') break;
    if (token === '{' || token === '[') {
      depth += 1;
      if (depth === 2) start = index;
    } else if (token === '}' || token === ']') {
      if (depth === 2) values.push(...parsedItem(text.slice(start, index + 1)));
      depth -= 1;
    }
  }
  return values;
}

function parsedItem(json: string): readonly unknown[] {
  const value = parsedJson(json);
  return value === undefined ? [] : [value];
}

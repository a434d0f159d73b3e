/** Masks JSON data: by the names of fields, and the texts in it by what they hold. */

import { type JsonValue, setField } from '../text/json-value.ts';
import { describeBytes, readBase64 } from './base64.ts';
import { isPathEnd, type Masker, type Place, placeOfMember } from './redact-context.ts';
import { isCardNumber, REDACTED } from './secret-shapes.ts';

type Fields = { readonly [key: string]: JsonValue };

/** More than `toJsonValue` lets through; deeper data comes from texts and is hidden as a whole. */
const MAX_DEPTH = 100;

/** The data masked; the same object when there is nothing to mask in it. */
export function maskData(value: JsonValue, place: Place, masker: Masker): JsonValue {
  if (typeof value === 'string') return masker.maskText(value, place);
  if (typeof value === 'number') return maskNumber(value, masker);
  if (typeof value !== 'object' || value === null) return value;
  if (place.depth >= MAX_DEPTH) return REDACTED;
  return Array.isArray(value) ? maskList(value, place, masker) : maskFields(value, place, masker);
}

/** A member of an object, or a parameter of a form. */
export function maskMember(
  name: string,
  value: JsonValue,
  place: Place,
  masker: Masker,
): JsonValue {
  if (isPathEnd(place, name)) return hidden(value);
  const { normal, sensitivity } = masker.factsOf(name);
  if (sensitivity === 'all') return hidden(value);
  if (sensitivity === 'tokens') return withoutTexts(value, masker, 0);
  const isText = typeof value === 'string' || typeof value === 'number';
  if (sensitivity === 'text' && isText) return hidden(value);
  const inside = placeOfMember(place, name);
  if (normal.endsWith('headers') && Array.isArray(value))
    return maskHeaderList(value, inside, masker);
  return masker.maskData(value, inside);
}

/** Nothing, yes and no stay: they tell whether there was a secret, not which. */
function hidden(value: JsonValue): JsonValue {
  if (value === null || value === '' || typeof value === 'boolean') return value;
  return typeof value === 'object' && Object.keys(value).length === 0 ? value : REDACTED;
}

/** Under a name like `tokens`, numbers are counts and texts are secrets. */
function withoutTexts(value: JsonValue, masker: Masker, depth: number): JsonValue {
  if (typeof value === 'string') return /^[\d_,.]{0,12}$/.test(value) ? value : REDACTED;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return REDACTED;
  const change = (member: JsonValue): JsonValue => withoutTexts(member, masker, depth + 1);
  if (Array.isArray(value)) return changedList(value, change);
  return changedFields(value, (_, member) => change(member), masker.maskName);
}

function maskNumber(value: number, masker: Masker): JsonValue {
  const digits = String(value);
  return isCardNumber(digits) || masker.maskPatterns(digits) !== digits ? REDACTED : value;
}

function maskFields(fields: Fields, place: Place, masker: Masker): JsonValue {
  const bytes = lengthOfBuffer(fields);
  if (bytes !== undefined) return `[${bytes} bytes of binary]`;
  const isSecretNamed = namesSecret(fields, masker);
  const change = (name: string, value: JsonValue): JsonValue => {
    if (isSecretNamed && masker.factsOf(name).isValueField) return hidden(value);
    if (isModelToken(name, fields)) return masker.maskData(value, placeOfMember(place, name));
    const masked = masker.maskMember(name, value, place);
    return name === 'body' && masked === value ? readableBody(fields, value) : masked;
  };
  return changedFields(fields, change, masker.maskName);
}

/** How `JSON.stringify` writes a Buffer: a secret could be in it, and a reader sees but numbers. */
function lengthOfBuffer(fields: Fields): number | undefined {
  const data = fields['data'];
  if (fields['type'] !== 'Buffer' || !Array.isArray(data)) return undefined;
  if (Object.keys(fields).length !== 2) return undefined;
  return data.every((byte) => typeof byte === 'number') ? data.length : undefined;
}

/** Whether the object is one field in two halves: `{ "name": "password", "value": "…" }`. */
function namesSecret(fields: Fields, masker: Masker): boolean {
  return Object.entries(fields).some(([name, value]) => {
    if (typeof value !== 'string' || value.length > 80) return false;
    const isFieldType = name === 'type' && value === 'password';
    const isNamed =
      masker.factsOf(name).isNameField && masker.factsOf(value).sensitivity !== 'none';
    return isFieldType || isNamed;
  });
}

/** The piece of text that an LLM produced, in a list of probabilities. */
function isModelToken(name: string, fields: Fields): boolean {
  return (
    (name === 'token' && typeof fields['logprob'] === 'number') ||
    (name === 'tokens' && Array.isArray(fields['token_logprobs']))
  );
}

/** API Gateway and ALB say that a body is base64; what is no text then is not shown, however short. */
function readableBody(fields: Fields, body: JsonValue): JsonValue {
  if (fields['isBase64Encoded'] !== true || typeof body !== 'string') return body;
  const content = readBase64(body);
  return content?.kind === 'bytes' ? describeBytes(content.bytes) : body;
}

function maskList(list: JsonValue[], place: Place, masker: Masker): JsonValue {
  if (list.length > 0 && list.every(isPair)) {
    return changedList(list, (pair, index) =>
      maskPair(pair, placeOfMember(place, String(index)), masker),
    );
  }
  return changedList(list, (item, index) => {
    const name = String(index);
    const isSecret = isPathEnd(place, name) || isArgumentOfSecret(list[index - 1], masker);
    return isSecret ? hidden(item) : masker.maskData(item, placeOfMember(place, name));
  });
}

/** `[["authorization", "…"], …]`: the entries of a Map or of Headers. */
function isPair(item: JsonValue): boolean {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === 'string';
}

function maskPair(pair: JsonValue, place: Place, masker: Masker): JsonValue {
  if (!Array.isArray(pair)) return pair;
  const [name] = pair;
  return changedList(pair, (item, index) =>
    index === 1 ? masker.maskMember(String(name), item, place) : masker.maskData(item, place),
  );
}

/** `["--password", "…"]`: arguments of a command. */
function isArgumentOfSecret(before: JsonValue | undefined, masker: Masker): boolean {
  if (typeof before !== 'string' || before.length > 80 || !/^--?[A-Za-z][\w-]*$/.test(before))
    return false;
  return masker.factsOf(before).sensitivity !== 'none';
}

/** `rawHeaders` of Node: names and values in turn. */
function maskHeaderList(list: JsonValue[], place: Place, masker: Masker): JsonValue {
  const isFlat = list.length % 2 === 0 && list.every((item) => typeof item === 'string');
  if (!isFlat) return masker.maskData(list, place);
  return changedList(list, (item, index) => {
    const name = list[index - 1];
    return index % 2 === 1 && typeof name === 'string'
      ? masker.maskMember(name, item, place)
      : masker.maskData(item, place);
  });
}

function changedList(
  list: JsonValue[],
  change: (item: JsonValue, index: number) => JsonValue,
): JsonValue[] {
  const changed = list.map(change);
  return changed.some((item, index) => item !== list[index]) ? changed : list;
}

function changedFields(
  fields: Fields,
  change: (name: string, value: JsonValue) => JsonValue,
  showName: (name: string) => string,
): Fields {
  const changed: { [key: string]: JsonValue } = {};
  let isChanged = false;
  let maskedNames = 0;
  for (const [name, value] of Object.entries(fields)) {
    const member = change(name, value);
    let shown = showName(name);
    // Two names that are secrets must not become one field.
    if (shown !== name && ++maskedNames > 1) shown = `${shown} ${maskedNames}`;
    isChanged ||= member !== value || shown !== name;
    setField(changed, shown, member);
  }
  return isChanged ? changed : fields;
}

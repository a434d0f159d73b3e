/**
 * Finds the API key in what a secret holds, and refuses what cannot be one.
 * Messages name fields and positions, never a value.
 */
import { ApiKeyError } from '../../errors.ts';

/** What a secret holds, as Secrets Manager hands it out. */
export interface SecretValue {
  readonly text: string | undefined;
  readonly isBinary: boolean;
}

const usualFields = ['api_key', 'apiKey', 'XPANDER_API_KEY'] as const;

/**
 * The key in a secret: its text as it is, a JSON string, or a field of a JSON object.
 *
 * @param where - what messages call the secret, for instance `secret 'xpander/api-key'`
 * @param field - the field to take instead of one with a usual name
 * @throws ApiKeyError when the secret holds no usable key
 */
export function keyFromSecret(value: SecretValue, where: string, field?: string): string {
  if (value.isBinary) {
    throw new ApiKeyError(`The ${where} is binary. Store the API key as text.`);
  }
  const text = value.text?.trim() ?? '';
  if (text === '') throw new ApiKeyError(`The ${where} is empty. Store the API key in it.`);
  if (field !== undefined) return keyFromNamedField(parseJson(text), where, field);

  // No key begins with one of these, so such a text was meant as JSON. Broken JSON sent as a
  // key would only turn a clear error here into a refusal by the platform.
  if (!/^[{["]/.test(text)) return usableKey(text, where);
  const json = parseJson(text);
  return typeof json === 'string' ? usableKey(json, where) : keyFromUsualField(json, where);
}

/**
 * The key without the white space around it.
 *
 * @throws ApiKeyError when it is empty, or cannot be the value of an HTTP header
 */
export function usableKey(text: string, where: string): string {
  const key = text.trim();
  if (key === '') throw new ApiKeyError(`The ${where} is empty. Put the API key there.`);

  const position = key.search(/[^\x21-\x7e]/);
  if (position === -1) return key;
  throw new ApiKeyError(
    `The ${where} is not usable as an API key: its character ${position + 1} is ${nameOf(key.charCodeAt(position))}. Store the key alone, without line breaks or quotes.`,
  );
}

function keyFromUsualField(json: unknown, where: string): string {
  if (!isObject(json)) {
    throw new ApiKeyError(
      `The ${where} looks like JSON, but is neither a JSON object nor a JSON string. Store the API key as plain text, or as {"api_key": "…"}.`,
    );
  }
  const field = usualFields.find((name) => Object.hasOwn(json, name));
  if (field !== undefined) return keyFromField(json, where, field);
  throw new ApiKeyError(
    `The ${where} has none of the fields ${usualFields.join(', ')}: ${fieldsOf(json)}. Name the one with the API key as apiKeySecretField.`,
  );
}

function keyFromNamedField(json: unknown, where: string, field: string): string {
  if (!isObject(json)) {
    throw new ApiKeyError(
      `The ${where} is not a JSON object, so it has no field '${field}'. Store one, or leave out apiKeySecretField.`,
    );
  }
  if (Object.hasOwn(json, field)) return keyFromField(json, where, field);
  throw new ApiKeyError(
    `The ${where} has no field '${field}': ${fieldsOf(json)}. Correct apiKeySecretField or the secret.`,
  );
}

function keyFromField(
  json: Readonly<Record<string, unknown>>,
  where: string,
  field: string,
): string {
  const value = json[field];
  if (typeof value === 'string') return usableKey(value, `field '${field}' of ${where}`);
  throw new ApiKeyError(`The field '${field}' of ${where} is not text. Store the key as a string.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error goes no further: it quotes the text, which is the secret.
    return undefined;
  }
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function fieldsOf(json: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(json);
  if (names.length === 0) return 'it is an empty object';
  // Who pastes the key into the column for names makes it a name, so only short words are shown.
  const shown = names.filter((name) => /^[A-Za-z_][\w.-]{0,23}$/.test(name)).slice(0, 10);
  const others = names.length - shown.length;
  const list = shown.map((name) => `'${name}'`).join(', ');
  if (others === 0) return `its fields are ${list}`;
  return shown.length === 0
    ? `it has ${others} field(s) whose names are not shown`
    : `its fields are ${list} and ${others} more`;
}

function nameOf(code: number): string {
  if (code === 0x0a || code === 0x0d) return 'a line break';
  if (code === 0x20) return 'a space';
  return code < 0x20 || code === 0x7f ? 'a control character' : 'not ASCII';
}

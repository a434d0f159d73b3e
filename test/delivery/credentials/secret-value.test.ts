import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyFromSecret, usableKey } from '../../../src/delivery/credentials/secret-value.ts';
import { ApiKeyError } from '../../../src/errors.ts';

const where = "secret 'xpander/api-key'";

function keyFrom(text: string, field?: string): string {
  return keyFromSecret({ text, isBinary: false }, where, field);
}

function refusalOf(text: string | undefined, field?: string, isBinary = false): string {
  try {
    keyFromSecret({ text, isBinary }, where, field);
  } catch (error) {
    expect(error).toBeInstanceOf(ApiKeyError);
    expect((error as ApiKeyError).cause).toBeUndefined();
    return (error as ApiKeyError).message;
  }
  return expect.unreachable('the secret was accepted');
}

test.each([
  ['plain text', 'xp-1'],
  ['plain text with white space around it', '\uFEFF  xp-1\r\n'],
  ['a JSON string', '"xp-1"'],
  ['a JSON string with white space in it', '" xp-1\\n"'],
  ['a JSON object with api_key', '{"api_key":"xp-1"}'],
  ['a JSON object with apiKey', '{"user":"x","apiKey":" xp-1 "}'],
  ['a JSON object with XPANDER_API_KEY', '\n{ "XPANDER_API_KEY": "xp-1" }\n'],
  ['a JSON object with all three, of which api_key counts', three('xp-1', 'xp-2', 'xp-3')],
])('reads the key from %s', (_, text) => {
  expect(keyFrom(text)).toBe('xp-1');
});

function three(first: string, second: string, third: string): string {
  return JSON.stringify({ XPANDER_API_KEY: third, apiKey: second, api_key: first });
}

test('reads a plain key that is also valid JSON as it is', () => {
  expect(keyFrom('12345678')).toBe('12345678');
});

test('takes the named field and none of the usual ones', () => {
  const text = '{"api_key":"xp-other","live key":"xp-1","__proto__":"xp-2"}';

  expect(keyFrom(text, 'live key')).toBe('xp-1');
  expect(keyFrom(text, '__proto__')).toBe('xp-2');
});

test('does not take inherited properties for fields', () => {
  expect(refusalOf('{"a":"xp-1"}', 'constructor')).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' has no field 'constructor': its fields are 'a'. Correct apiKeySecretField or the secret."`,
  );
});

test('refuses a binary secret', () => {
  expect(refusalOf(undefined, undefined, true)).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' is binary. Store the API key as text."`,
  );
});

test.each([undefined, '', ' \n\t'])('refuses the empty secret %j', (text) => {
  expect(refusalOf(text)).toBe("The secret 'xpander/api-key' is empty. Store the API key in it.");
});

test('refuses JSON without a usual field and lists the names that are there', () => {
  expect(refusalOf('{"username":"me-1","password":"hunter-2"}')).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' has none of the fields api_key, apiKey, XPANDER_API_KEY: its fields are 'username', 'password'. Name the one with the API key as apiKeySecretField."`,
  );
  expect(refusalOf('{}')).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' has none of the fields api_key, apiKey, XPANDER_API_KEY: it is an empty object. Name the one with the API key as apiKeySecretField."`,
  );
});

test('refuses JSON without the named field and lists the names that are there', () => {
  expect(refusalOf('{"api_key":"xp-1","other":"xp-2"}', 'live')).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' has no field 'live': its fields are 'api_key', 'other'. Correct apiKeySecretField or the secret."`,
  );
});

test('does not show names that may be a key pasted into the wrong column', () => {
  const pasted = 'xp_live_0123456789abcdef0123456789';

  expect(refusalOf(`{"${pasted}":""}`)).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' has none of the fields api_key, apiKey, XPANDER_API_KEY: it has 1 field(s) whose names are not shown. Name the one with the API key as apiKeySecretField."`,
  );
  expect(refusalOf(`{"name":"a","${pasted}":"","x y":""}`)).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' has none of the fields api_key, apiKey, XPANDER_API_KEY: its fields are 'name' and 2 more. Name the one with the API key as apiKeySecretField."`,
  );
});

test('lists ten names at most', () => {
  const fields = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, '']));

  expect(refusalOf(JSON.stringify(fields))).toContain("'f9' and 2 more. ");
});

test.each(['xp-1', '"xp-1"', '["xp-1"]', '{"live":"xp-1"', 'null'])(
  'refuses to take a named field from %s',
  (text) => {
    expect(refusalOf(text, 'live')).toBe(
      "The secret 'xpander/api-key' is not a JSON object, so it has no field 'live'. Store one, or leave out apiKeySecretField.",
    );
  },
);

test.each(['{"api_key":"xp-1"', '{api_key: xp-1}', '["xp-1"]', '"xp-1', "{'api_key':'xp-1'}"])(
  'refuses %s instead of sending it as a key',
  (text) => {
    expect(refusalOf(text)).toBe(
      'The secret \'xpander/api-key\' looks like JSON, but is neither a JSON object nor a JSON string. Store the API key as plain text, or as {"api_key": "…"}.',
    );
  },
);

test.each(['12345', 'null', 'true', '["xp-1"]', '{"x":"xp-1"}'])(
  'refuses a field that holds %s',
  (value) => {
    expect(refusalOf(`{"api_key":${value}}`)).toBe(
      "The field 'api_key' of secret 'xpander/api-key' is not text. Store the key as a string.",
    );
  },
);

test('refuses an empty field', () => {
  expect(refusalOf('{"apiKey":"  "}')).toMatchInlineSnapshot(
    `"The field 'apiKey' of secret 'xpander/api-key' is empty. Put the API key there."`,
  );
});

test.each([
  ['a line break', 'xp-1\nxp-2'],
  ['a line break', 'xp-1\r\nxp-2'],
  ['a control character', 'xp-1\u0000xp-2'],
  ['a control character', 'xp-1\u007fxp-2'],
  ['a space', 'xp-1 xp-2'],
  ['not ASCII', 'xp-1–xp-2'],
  ['not ASCII', 'xp-1éxp-2'],
  ['not ASCII', 'xp-1\u{1f511}xp-2'],
  ['not ASCII', 'xp-1\u2028xp-2'],
])('refuses %s in the key, without showing the key', (what, text) => {
  const expected = `is not usable as an API key: its character 5 is ${what}. Store the key alone, without line breaks or quotes.`;

  expect(refusalOf(text)).toBe(`The secret 'xpander/api-key' ${expected}`);
  expect(refusalOf(JSON.stringify({ api_key: text }))).toBe(
    `The field 'api_key' of secret 'xpander/api-key' ${expected}`,
  );
});

test('checks a key from elsewhere the same way', () => {
  expect(usableKey(' xp-1\n', 'API key')).toBe('xp-1');
  expect(() => usableKey(' ', 'API key')).toThrow('The API key is empty. Put the API key there.');
});

test('gives a key that a header can carry, or an error without the secret', () => {
  const value = fc.string({ unit: 'binary', minLength: 1 }).map((text) => `S3CR€T${text}`);
  const secret = fc.oneof(
    fc.string({ unit: 'binary' }),
    value,
    value.map((text) => JSON.stringify(text)),
    fc.dictionary(fc.string(), fc.oneof(value, fc.jsonValue())).map((json) => JSON.stringify(json)),
    fc
      .dictionary(fc.constantFrom('api_key', 'apiKey', 'live'), value)
      .map((json) => JSON.stringify(json)),
    value.map((text) => `{"api_key":"${text}`),
  );

  fc.assert(
    fc.property(secret, fc.option(fc.constant('live'), { nil: undefined }), (text, field) => {
      try {
        expect(keyFrom(text, field)).toMatch(/^[\x21-\x7e]+$/);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiKeyError);
        expect(String(error)).not.toContain('S3CR');
        expect((error as ApiKeyError).cause).toBeUndefined();
      }
    }),
  );
});

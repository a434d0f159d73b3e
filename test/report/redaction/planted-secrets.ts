/** Plants secrets in payloads, and finds what is left of them. */
import fc from 'fast-check';
import type { JsonValue } from '../../../src/report/text/json-value.ts';
import { jsonWebToken, markedKeys, privateKey } from './fake-secrets.ts';

/** A payload with a secret in it. */
export interface Planted {
  readonly secret: string;
  readonly payload: JsonValue;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** Random enough not to be in a payload by chance, and with what passwords have. */
const secretText = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z0-9]{10,20}$/),
    fc.constantFrom('', '!', '-x', '.y', '_z', '+', '/w', '*', '~'),
  )
  .map(([random, end]) => `Q7${random}${end}`);

const secretName = fc.constantFrom(
  ...[
    'password',
    'Password',
    'DB_PASSWORD',
    'newPassword',
    'passwd',
    'passphrase',
    'apiKey',
    'API-KEY',
  ],
  ...[
    'x_api_key',
    'X-Api-Key',
    'OPENAI_API_KEY',
    'token',
    'accessToken',
    'refresh_token',
    'ID_TOKEN',
  ],
  ...[
    'x-amz-security-token',
    'X-CSRF-Token',
    'secret',
    'client_secret',
    'SecretAccessKey',
    'secretString',
  ],
  ...[
    'aws_secret_access_key',
    'privateKey',
    'private_key',
    'credentials',
    'X-Amz-Signature',
    'accountKey',
  ],
);
const headerName = fc.constantFrom(
  ...['authorization', 'Authorization', 'PROXY-AUTHORIZATION', 'cookie', 'Set-Cookie', 'X-Api-Key'],
);

/** A secret that is known by the name before it. */
const underName: fc.Arbitrary<Planted> = fc
  .tuple(fc.oneof(secretName, headerName), secretText, fc.nat(18))
  .map(([name, secret, form]) => ({ secret, payload: payloadUnderName(name, secret, form) }));

function payloadUnderName(name: string, secret: string, form: number): JsonValue {
  const upperName = name.replaceAll(/[^A-Za-z]/g, '_').toUpperCase();
  const forms: (() => JsonValue)[] = [
    () => ({ [name]: secret }),
    () => ({ [name]: [secret, 'other'] }),
    () => ({ before: 1, [name]: { deep: { value: secret } }, after: 2 }),
    () => [{ name, value: secret }],
    () => ({ headers: [{ key: name, value: [secret] }] }),
    () => ({ Name: name, Value: secret, Type: 'String' }),
    () => [
      ['host', 'example.com'],
      [name, secret],
    ],
    () => ({ rawHeaders: ['Host', 'example.com', name, secret] }),
    () => ({ multiValueHeaders: { Accept: ['*/*'], [name]: [secret] } }),
    () => `user=ada&${name}=${encodeURIComponent(secret)}&page=2`,
    () => `${name}=${encodeURIComponent(secret)}`,
    () => `GET https://api.example.com/v1?page=2&${name}=${encodeURIComponent(secret)} HTTP/1.1`,
    () => ['HOME=/root', `${upperName}=${secret}`],
    () => `Host: example.com\r\n${name}: ${secret}\r\nAccept: */*`,
    () => `received {"id": 7, "${name}": "${secret}", "n": 1} from the queue`,
    () => `{\\"id\\": 7, \\"${name}\\":\\"${secret}\\"} <- escaped`,
    () => `<Request><${upperName}>${secret}</${upperName}><Id>7</Id></Request>`,
    () => ({ argv: ['run', `--${name}`, secret, '--verbose'] }),
    () => `run --${name} ${secret} --verbose`,
  ];
  return (forms[form] ?? (() => secret))();
}

/** A secret that is known by what it looks like. */
const byShape: fc.Arbitrary<Planted> = fc
  .tuple(secretText, fc.constantFrom(...markedKeys), fc.nat(5), fc.constantFrom('', 'note: ', 'x '))
  .map(([random, marked, form, before]) => {
    const word = random.replaceAll(/[^A-Za-z0-9]/g, '');
    switch (form) {
      case 0:
        return { secret: word, payload: `${before}Bearer ${word}, thanks` };
      case 1:
        return { secret: word, payload: `${before}Basic ${base64(`user:${word}`)}` };
      case 2:
        return { secret: word, payload: `${before}https://ada:${word}@example.com/path` };
      case 3:
        return { secret: jsonWebToken.slice(-30), payload: `${before}${jsonWebToken}` };
      case 4:
        return { secret: privateKey().slice(60, 90), payload: `${before}${privateKey('RSA ')}` };
      default:
        return { secret: marked.slice(-16), payload: `${before}${marked}` };
    }
  });

/** Ways in which payloads hold others. Those that give a text count as a layer. */
type Wrapping = (payload: JsonValue, sibling: JsonValue, name: string) => JsonValue;

const structures: readonly Wrapping[] = [
  (payload, sibling, name) => ({ first: sibling, [name]: payload }),
  (payload, sibling, name) => ({ [name]: payload, last: sibling }),
  (payload, sibling) => [sibling, payload],
  (payload, sibling) => [[[payload]], sibling],
  (payload, _, name) => ({ Records: [{ messageId: 'm-1', [name]: payload }] }),
];

const asText = (payload: JsonValue): string =>
  typeof payload === 'string' ? payload : JSON.stringify(payload);

const texts: readonly Wrapping[] = [
  (payload, sibling) => JSON.stringify({ payload, sibling }),
  (payload, sibling) => JSON.stringify([sibling, payload], null, 2),
  (payload) => JSON.stringify(JSON.stringify({ payload })),
  (payload) => base64(JSON.stringify({ payload })),
  (payload) => base64url(JSON.stringify({ payload })),
  (payload) => ({ body: base64(asText(payload)), isBase64Encoded: true }),
  (payload) => `page=2&payload=${encodeURIComponent(JSON.stringify({ payload }))}`,
  (payload) => encodeURIComponent(JSON.stringify({ payload })),
  (payload) =>
    `see https://example.com/cb?d=${encodeURIComponent(JSON.stringify({ payload }))} there`,
  (payload) => `data:application/json;base64,${base64(JSON.stringify({ payload }))}`,
  (payload) => `sent ${base64(JSON.stringify({ payload }))} to it`,
  (payload) => ({ data: base64(asText(payload)), kinesisSchemaVersion: '1.0' }),
];

const sibling: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 2, stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value)));

const safeName = fc.constantFrom('body', 'detail', 'message', 'data', 'input', 'Message', 'x');

/** Secrets in payloads that are nested in each other, with at most four layers of text. */
export const planted: fc.Arbitrary<Planted> = fc
  .tuple(
    fc.oneof({ arbitrary: underName, weight: 3 }, byShape),
    fc.array(fc.tuple(fc.constantFrom(...structures), sibling, safeName), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...texts, ...structures), sibling, safeName), {
      maxLength: 4,
    }),
  )
  .map(([{ secret, payload }, inner, outer]) => ({
    secret,
    payload: [...inner, ...outer].reduce(
      (wrapped: JsonValue, [wrap, beside, name]) => wrap(wrapped, beside, name),
      payload,
    ),
  }));

/** The same as JSON text that ends before its end, somewhere behind the first half. */
export const plantedAndCutOff: fc.Arbitrary<{ secret: string; text: string }> = fc
  .tuple(
    fc.tuple(secretName, secretText, fc.nat(2)),
    fc.array(fc.tuple(fc.constantFrom(...structures, texts[0]!), sibling, safeName), {
      maxLength: 3,
    }),
    fc.double({ min: 0.3, max: 1, noNaN: true }),
  )
  .map(([[name, secret, form], wrappings, part]) => {
    const whole = JSON.stringify(
      wrappings.reduce(
        (wrapped: JsonValue, [wrap, beside, wrapperName]) => wrap(wrapped, beside, wrapperName),
        payloadUnderName(name, secret, form),
      ),
    );
    return { secret, text: whole.slice(0, Math.ceil(whole.length * part)) };
  });

/** Characters of a secret that are as good as the whole. */
const TELLING = 8;

/** Whether the secret's beginning is in the text or in anything that the text encodes. */
export function isLeaked(text: string, secret: string): boolean {
  const beginning = secret.slice(0, TELLING);
  const seen = new Set<string>();
  const visit = (part: string): boolean => {
    if (part.includes(beginning)) return true;
    if (part.length < TELLING || seen.has(part)) return false;
    seen.add(part);
    return decodings(part).some(visit);
  };
  return visit(text);
}

function decodings(text: string): string[] {
  const decoded: string[] = [];
  try {
    collectTexts(JSON.parse(text), decoded);
  } catch {
    decoded.push(...text.split(/[{}[\]",\s]+/));
  }
  decoded.push(text.replaceAll('\\"', '"').replaceAll('\\\\', '\\'));
  decoded.push(
    text.replaceAll(/(?:%[0-9A-F]{2})+/gi, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
    ),
  );
  for (const [run] of text.matchAll(/[\w+/-]{8,}/g))
    decoded.push(Buffer.from(run, 'base64').toString('latin1'));
  return decoded;
}

function collectTexts(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    texts.push(name);
    collectTexts(member, texts);
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isCardNumber,
  maskCardNumbers,
  maskShapes,
} from '../../../src/report/redaction/secret-shapes.ts';
import {
  awsAccessKeyId,
  awsSecretAccessKey,
  cardNumbers,
  jsonWebToken,
  markedKeys,
  privateKey,
  randomText,
} from './fake-secrets.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('hides', () => {
  test.each(markedKeys)('a key with a known beginning: %s', (key) => {
    expect(maskShapes(`before ${key} after`)).toBe('before [redacted] after');
    expect(maskShapes(key)).toBe('[redacted]');
    expect(maskShapes(`https://x.example/${key}?y=1`)).toBe('https://x.example/[redacted]?y=1');
  });

  test('a JSON Web Token, whole and cut off', () => {
    expect(maskShapes(`id ${jsonWebToken}, next`)).toBe('id [redacted], next');
    expect(maskShapes(`id ${jsonWebToken.slice(0, 60)}`)).toBe('id [redacted]');
    const spaced = `${Buffer.from('{ "alg": "none" }').toString('base64url')}.${randomText(20)}.`;
    expect(maskShapes(spaced)).toBe('[redacted]');
  });

  test('AWS keys, the secret one beside its id', () => {
    expect(maskShapes(`key ${awsAccessKeyId}.`)).toBe('key [redacted].');
    expect(maskShapes(`${awsAccessKeyId},${awsSecretAccessKey}\nnext`)).toBe(
      '[redacted],[redacted]\nnext',
    );
  });

  test.each(['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '])('a %sprivate key', (kind) => {
    const key = privateKey(kind);

    expect(maskShapes(`a\n${key}\nb`)).toBe('a\n[redacted]\nb');
    expect(maskShapes(`a\n${key.slice(0, 100)}`)).toBe('a\n[redacted]');
    expect(maskShapes(JSON.stringify({ pem: key, x: 1 }))).toBe('{"pem":"[redacted]","x":1}');
  });

  test('bearer and basic credentials', () => {
    const random = randomText(24);

    expect(maskShapes(`Bearer ${random}, x`)).toBe('Bearer [redacted], x');
    expect(maskShapes(`bearer ${random}`)).toBe('bearer [redacted]');
    expect(maskShapes(`Basic ${base64('user:pass word')} x`)).toBe('Basic [redacted] x');
  });

  test('users and passwords of URLs', () => {
    expect(maskShapes('see https://ada:lovelace@example.com/x?y=a@b')).toBe(
      'see https://[redacted]@example.com/x?y=a@b',
    );
    expect(maskShapes('redis://:p@ss@cache:6379/0')).toBe('redis://[redacted]@cache:6379/0');
    expect(maskShapes('postgres://user:pa/s?s#w@db:5432/x')).toBe(
      'postgres://[redacted]@db:5432/x',
    );
  });

  test.each(cardNumbers)('the card number %s', (number) => {
    const parts = number.match(/.{1,4}/g) ?? [];

    expect(maskShapes(`paid with ${number}.`)).toBe('paid with [redacted].');
    expect(maskShapes(parts.join(' '))).toBe('[redacted]');
    expect(maskShapes(`no ${parts.join('-')}, cvc`)).toBe('no [redacted], cvc');
    expect(maskShapes(`12 ${parts.join(' ')} 03 2031`)).toBe('12 [redacted] 03 2031');
  });
});

describe('shows', () => {
  test.each([
    'The bearer of bad news, basic understanding, Basic authentication, bearer certificates',
    'task-oriented sk-learn risk-management-and-governance-of-models',
    'See https://example.com:8080/a@b?c=d@e and mailto:ada@example.com or git@github.com:x/y.git',
    'mongodb://db1.example.com:27017/x?authSource=a@b',
    'ASIAPACIFICREGION and AKIA alone, AIDAxyz',
    'eyJ alone, homework, eworld, heyJude.mp3',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'arn:aws:lambda:eu-central-1:123456789012:function:orders',
    'req 550e8400-e29b-41d4-a716-446655440000 trace Root=1-67891233-abcdef012345678912345678',
    'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'npm_config_registry gh_ hf_hub hvs. SG.x xoxo-lovely',
  ])('%s', (text) => {
    expect(maskShapes(text)).toBe(text);
  });
});

describe('takes for no card number', () => {
  test.each([
    ['a time in milliseconds that passes the check', '1700000000000'],
    ['another one', '1699999999994'],
    ['a time in microseconds', '1700000000000000'],
    ['an AWS account id', '412345678901'],
    ['digits that fail the check', '4111111111111112'],
    ['digits of no issuer', '9999999999999995'],
    ['a longer number', '41111111111111111111111'],
    ['a fraction', '0.4111111111111111'],
    ['a number with a fraction', '4111111111111111.5'],
    ['groups of a UUID', 'a4111-1111-1111-1111'],
    ['an order number of 14 digits', '20240517123456'],
    ['a list of numbers', '4111, 1111, 1111, 1111'],
  ])('%s', (_, digits) => {
    expect(maskCardNumbers(digits, 'X')).toBe(digits);
  });

  test('any time in milliseconds from 2001 to 2033', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000_000, max: 1_999_999_999_999 }), (time) => {
        expect(isCardNumber(String(time))).toBe(false);
      }),
    );
  });

  test('most numbers of 16 digits: three in a hundred have an issuer and a valid check digit', () => {
    let number = 1n;
    const numbers = Array.from({ length: 3000 }, () => {
      number = (number * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
      return String(number % 10n ** 16n).padStart(16, '0');
    });

    expect(numbers.filter(isCardNumber).length / numbers.length).toBeLessThan(0.04);
  });
});

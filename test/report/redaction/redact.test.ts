import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/report/redaction/redact.ts';
import type { JsonValue } from '../../../src/report/text/json-value.ts';
import { cardNumbers, jsonWebToken, randomText } from './fake-secrets.ts';

const { redactText, redactValue } = createRedactor([]);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('in data', () => {
  test('hides what stands under a sensitive name, whatever it is', () => {
    const value = redactValue({
      password: 'hunter2',
      apiKey: 12345,
      credentials: { user: 'ada', list: [1] },
      cookies: ['a=b', 'c=d'],
      user: { name: 'Ada', 'Access-Token': ['x'] },
    });

    expect(value).toStrictEqual({
      password: '[redacted]',
      apiKey: '[redacted]',
      credentials: '[redacted]',
      cookies: '[redacted]',
      user: { name: 'Ada', 'Access-Token': '[redacted]' },
    });
  });

  test('leaves what tells only whether there is a secret', () => {
    const value = { password: null, token: '', secret: true, apiKey: false, cookies: [], auth: {} };

    expect(redactValue(value)).toBe(value);
  });

  test('leaves counts of LLM tokens, hides lists of real ones', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: '20',
      total_tokens: 30,
      prompt_tokens_details: { cached_tokens: 0 },
      max_tokens: 4096,
      tokens: { input: 1, output: 2 },
      nextToken: 'page-2',
    };

    expect(redactValue({ usage, tokens: ['a-token', { access: 'x', uses: 3 }] })).toStrictEqual({
      usage,
      tokens: ['[redacted]', { access: '[redacted]', uses: 3 }],
    });
  });

  test('leaves the pieces of text in lists of probabilities', () => {
    const logprobs = {
      content: [{ token: 'Hello', logprob: -0.1, top_logprobs: [{ token: 'Hi', logprob: -2 }] }],
      old: { tokens: ['Hello'], token_logprobs: [-0.1] },
    };

    expect(redactValue(logprobs)).toBe(logprobs);
  });

  test('hides in all forms of header lists', () => {
    const value = redactValue({
      multiValueHeaders: { Authorization: ['x'], Accept: ['*/*'] },
      list: [
        { name: 'authorization', value: 'x' },
        { Name: 'Accept', Value: '*/*' },
      ],
      pairs: [{ key: 'X-Api-Key', value: 'x' }],
      cloudFront: { cookie: [{ key: 'Cookie', value: 'x' }] },
      entries: [
        ['authorization', 'x'],
        ['accept', '*/*'],
      ],
      rawHeaders: ['Host', 'example.com', 'Cookie', 'x', 'Accept', '*/*'],
      parameters: [
        { ParameterKey: 'DbPassword', ParameterValue: 'x' },
        { name: 'city', type: 'string', value: 'Bonn' },
      ],
      inputs: [
        { type: 'password', value: 'x' },
        { id: 'new-password', value: 'x' },
        { label: 'PIN', value: 'x' },
        { id: 'city', value: 'Bonn' },
      ],
    });

    expect(value).toStrictEqual({
      multiValueHeaders: { Authorization: '[redacted]', Accept: ['*/*'] },
      list: [
        { name: 'authorization', value: '[redacted]' },
        { Name: 'Accept', Value: '*/*' },
      ],
      pairs: [{ key: 'X-Api-Key', value: '[redacted]' }],
      cloudFront: { cookie: '[redacted]' },
      entries: [
        ['authorization', '[redacted]'],
        ['accept', '*/*'],
      ],
      rawHeaders: ['Host', 'example.com', 'Cookie', '[redacted]', 'Accept', '*/*'],
      parameters: [
        { ParameterKey: 'DbPassword', ParameterValue: '[redacted]' },
        { name: 'city', type: 'string', value: 'Bonn' },
      ],
      inputs: [
        { type: 'password', value: '[redacted]' },
        { id: 'new-password', value: '[redacted]' },
        { label: 'PIN', value: '[redacted]' },
        { id: 'city', value: 'Bonn' },
      ],
    });
  });

  test('hides in arguments and variables', () => {
    expect(
      redactValue({
        argv: ['node', '--password', 'hunter2', '--port', '80', '--token=abc'],
        env: ['HOME=/root', 'DB_PASSWORD=two words', 'MAX_TOKENS=5'],
      }),
    ).toStrictEqual({
      argv: ['node', '--password', '[redacted]', '--port', '80', '--token=[redacted]'],
      env: ['HOME=/root', 'DB_PASSWORD=[redacted]', 'MAX_TOKENS=5'],
    });
  });

  test('hides names that are secrets, and keeps both of two', () => {
    const names = { [jsonWebToken]: 1, [`${jsonWebToken}x`]: 2, plain: 3, '{"password":"x"}': 4 };

    expect(redactValue(names)).toStrictEqual({
      '[redacted]': 1,
      '[redacted] 2': 2,
      plain: 3,
      '{"password":"[redacted]"} 3': '[redacted]',
    });
  });

  test('hides numbers that are card numbers and bytes of a Buffer', () => {
    expect(
      redactValue({
        paid: Number(cardNumbers[0]),
        at: 1_700_000_000_000,
        data: { type: 'Buffer', data: [1, 2, 3] },
      }),
    ).toStrictEqual({ paid: '[redacted]', at: 1_700_000_000_000, data: '[3 bytes of binary]' });
  });

  test('hides data that is nested beyond reason', () => {
    const deep = `${'['.repeat(5000)}"x"${']'.repeat(5000)}`;

    expect(JSON.stringify(redactValue(JSON.parse(deep)))).toBe(
      `${'['.repeat(100)}"[redacted]"${']'.repeat(100)}`,
    );
  });

  test('changes nothing of what it is given', () => {
    const value = { headers: [['authorization', 'x']], body: '{"password":"x"}' };
    const before = structuredClone(value);

    redactValue(Object.freeze(value));

    expect(value).toStrictEqual(before);
  });
});

describe('in text', () => {
  test.each([
    // JSON keeps its form where nothing changes, and is written anew where something does.
    ['{ "password": "x",  "a": 1 }', '{"password":"[redacted]","a":1}'],
    ['{"body":"{\\"token\\":\\"x\\"}"}', '{"body":"{\\"token\\":\\"[redacted]\\"}"}'],
    ['"{\\"token\\":\\"x\\"}"', '"{\\"token\\":\\"[redacted]\\"}"'],
    // What parsing would lose is not shown for that.
    ['{"password":"x","password":null}', '{"password":null}'],
    [`{"a":"Bearer ${randomText(20)}","a":1}`, '{"a":1}'],
    [`{"number": ${cardNumbers[0]}111, "a": 1.0}`, `{"number": ${cardNumbers[0]}111, "a": 1.0}`],
    ['{"long": 6304000000000000000}', '{"long":"[redacted]"}'],
    ['{"a":1,"a":6304000000000000000}', '{"a":"[redacted]"}'],
    // Cut off.
    ['{"a":1,"password":"hun', '{"a":1,"password":"[redacted]'],
    ['{"a":1,"password":"hun\\u00', '{"a":1,"password":"[redacted]'],
    ['{"a":{"password":"x"},"b":[1,2', '{"a":{"password":"[redacted]"},"b":[1,2'],
    ['{"a":{"password":"x"},"b":tr', '{"a":{"password":"[redacted]"}'],
    ['{"body":"{\\"a\\":{\\"token\\":\\"x', '{"body":"{\\"a\\":{\\"token\\":\\"[redacted]'],
    ['[{"name":"Authorization","value":"x', '[{"name":"Authorization","value":"[redacted]'],
    ['{"credentials":{"user":"x","other":"y', '{"credentials":"[redacted]"}'],
    ['{"q":"%7B%22token%22%3A%22x%22%7D\\', '{"q":"%7B%22token%22%3A%22[redacted]%22%7D'],
    // JSON among other things.
    ['{"token":"x"}\n{"a":1}', '{"token":"[redacted]"}\n{"a":1}'],
    ['got {"apiKey": "x y", "n": 1} from it', 'got {"apiKey": "[redacted]", "n": 1} from it'],
    [
      'got {\\"apiKey\\": \\"x \\\\\\"y\\", \\"n\\": 1}',
      'got {\\"apiKey\\": \\"[redacted]\\", \\"n\\": 1}',
    ],
    [
      'log: {"name":"authorization","value":"x"}',
      'log: {"name":"authorization","value":"[redacted]"}',
    ],
    ['log: {"secret":{"a":"}","b":[1]},"c":2}', 'log: {"secret":[redacted],"c":2}'],
    ["{'password': 'x', 'a': None}", "{'password': '[redacted]', 'a': None}"],
    [
      'data: {"token":"x"}\n\ndata: {"text":"hello"}\n',
      'data: {"token":"[redacted]"}\n\ndata: {"text":"hello"}\n',
    ],
    // Forms, queries, URLs.
    ['user=ada&password=a%20b&x=1', 'user=ada&password=[redacted]&x=1'],
    ['user=ada&api%5Fkey=x', 'user=ada&api%5Fkey=[redacted]'],
    ['user[password]=x&user[name]=y', 'user[password]=[redacted]&user[name]=y'],
    ['data=%7B%22token%22%3A%22x%22%7D&n=1', 'data=%7B%22token%22%3A%22[redacted]%22%7D&n=1'],
    ['a%3D1%26token%3Dx', 'a%3D1%26token%3D[redacted]'],
    ['%7B%22token%22%3A%22x%22%7D', '%7B%22token%22%3A%22[redacted]%22%7D'],
    ['GET /a?api_key=x&b=%20c HTTP/1.1', 'GET /a?api_key=[redacted]&b=%20c HTTP/1.1'],
    [
      'https://x.example/cb#access_token=x&state=y',
      'https://x.example/cb#access_token=[redacted]&state=y',
    ],
    ['pg://u:a%22b%20c@db/x%20y', 'pg://[redacted]@db/x%20y'],
    ['https://ada:a%22b%20c@x.example/a?b=1', 'https://[redacted]@x.example/a?b=1'],
    ['see https://u:p@x.example/?sig=x.', 'see https://[redacted]@x.example/?sig=[redacted]'],
    // Base64.
    [base64('{"password":"x"}'), base64('{"password":"[redacted]"}')],
    [
      base64('{"password":"x"}').replace(/=+$/, ''),
      base64('{"password":"[redacted]"}').replace(/=+$/, ''),
    ],
    [base64('user=ada&password=x'), base64('user=ada&password=[redacted]')],
    [base64(base64('{"password":"x"}')), base64(base64('{"password":"[redacted]"}'))],
    [
      `payload ${base64('{"password":"hunter2"}')} sent`,
      `payload ${base64('{"password":"[redacted]"}')} sent`,
    ],
    // Settings, headers, arguments, markup.
    [
      'Content-Disposition: form-data; name="password"\r\n\r\nline 1\r\nline 2\r\n--b\r\nContent-Disposition: form-data; name="city"\r\n\r\nBonn\r\n--b--',
      'Content-Disposition: form-data; name="password"\r\n\r\n[redacted]\r\n--b\r\nContent-Disposition: form-data; name="city"\r\n\r\nBonn\r\n--b--',
    ],
    [
      'form-data; name="token"; filename="t"\nContent-Type: text/plain\n\nabc',
      'form-data; name="token"; filename="t"\nContent-Type: text/plain\n\n[redacted]',
    ],
    [
      '<input name="city" value="Bonn"><input name="password" value="x"><input value="y" password="z">',
      '<input name="city" value="Bonn"><input name="password" value="[redacted]"><input value="y" password="[redacted]">',
    ],
    [
      'form-data; name="pin"\n\n1 form-data; name="pin"\n\n2',
      'form-data; name="pin"\n\n[redacted]',
    ],
    [
      '<a><maxTokens>5</maxTokens><pin>1234</pin></a>',
      '<a><maxTokens>5</maxTokens><pin>[redacted]</pin></a>',
    ],
    ['in escaped text\\npin=1234 is a setting', 'in escaped text\\npin=[redacted] is a setting'],
    ['curl -s -u ada:love https://x.example', 'curl -s -u [redacted] https://x.example'],
    ['at 12 authorization=Bearer abc, id=1', 'at 12 authorization=[redacted], id=1'],
    ['log user=ada password=a`b,c<5 id=1', 'log user=ada password=[redacted] id=1'],
    ['use `token=abc`, or "token=def".', 'use `token=[redacted]`, or "token=[redacted]".'],
    ['PASSWORD=x', 'PASSWORD=[redacted]'],
    ['A=1\nexport DB_PASSWORD=two words\nB=2', 'A=1\nexport DB_PASSWORD=[redacted]\nB=2'],
    [
      'Server=db;User=sa;Password=a b;Encrypt=true',
      'Server=db;User=sa;Password=[redacted];Encrypt=true',
    ],
    [
      'AccountName=n;AccountKey=abc==;EndpointSuffix=s',
      'AccountName=n;AccountKey=[redacted];EndpointSuffix=s',
    ],
    ['aws_secret_access_key = abc', 'aws_secret_access_key = [redacted]'],
    [
      'Host: x\nAuthorization: Digest a="b", c="d"\nAccept: y',
      'Host: x\nAuthorization: [redacted]\nAccept: y',
    ],
    [
      "curl -H 'X-Api-Key: abc' https://x.example",
      "curl -H 'X-Api-Key: [redacted]' https://x.example",
    ],
    ['Cookie: a=b; c=d', 'Cookie: [redacted]'],
    ['db:\n  password: correct horse\n  port: 1', 'db:\n  password: [redacted]\n  port: 1'],
    [
      'deploy --token abc --max-tokens 5 --verbose',
      'deploy --token [redacted] --max-tokens 5 --verbose',
    ],
    [
      '<Login><Password type="x">a&amp;b</Password><id>1</id></Login>',
      '<Login><Password type="x">[redacted]</Password><id>1</id></Login>',
    ],
    ['<c:SecretAccessKey>abc', '<c:SecretAccessKey>[redacted]'],
    ['**API key:** `abc def`', '**API key:** `[redacted]`'],
    ['Her social security number: 078-05-1120.', 'Her social security number: [redacted].'],
    ['password = """a"b"""', 'password = """[redacted]"""'],
    ['token := "abc"; secret => "def"', 'token := "[redacted]"; secret => "[redacted]"'],
  ])('%s', (text, masked) => {
    expect(redactText(text)).toBe(masked);
    expect(redactText(masked)).toBe(masked);
  });

  test.each([
    '{ "a" : "b", "n": 1.50, "u": "\\u00e9" }',
    'The token is the smallest unit. Tokens: 12, max_tokens=4096, total tokens: 5.',
    'Token: a unit of text',
    'useState<Token>(null) and Promise<Secret> and Authorization: <your token>',
    'password: string; token?: null, apiKey: undefined, secret=process.env.KEY',
    'readonly apiKey: ApiKeySource; apiKey: options.apiKey, const token = createToken(user);',
    'promptTokens: response.usage.prompt_tokens, total_tokens = the sum',
    '{ "api_key": "YOUR-API-KEY" } or {"api_key": "…"} or --token <token>',
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:my-name secretsmanager:GetSecretValue',
    'The API key: fixed, or read from a secret. The secret: a story.',
    'https://x.example/a?page=2&sort=name#section',
    'a=1&b=%7B%22c%22%3A1%7D&d=+',
    'SELECT * FROM keys WHERE author = 1 AND keyboard LIKE "x:%"',
    '12:30 – 13:45, ratio 1:2, C:\\temp, key: value, author: Ada',
    base64('just a note, nothing else'),
    base64('{"safe":true}'),
    'helloworldhelloworldhelloworld',
    '[redacted]',
    '',
    'x',
    '[WARN] {not json',
  ])('leaves %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('replaces media and unreadable base64 by type and size', () => {
    const bytes = (start: string, length: number): string =>
      Buffer.concat([
        Buffer.from(start, 'hex'),
        Buffer.from(Array.from({ length }, (_, index) => (index * 7919 + 13) % 251)),
      ]).toString('base64');

    expect(redactText(bytes('89504e470d0a1a0a', 1000))).toBe('[image/png, 1008 bytes]');
    expect(redactText(`![x](data:image/jpeg;base64,${bytes('ffd8ff', 30)})`)).toBe(
      '![x]([image/jpeg, 33 bytes])',
    );
    expect(redactText(bytes('255044462d', 2000))).toBe('[application/pdf, 2005 bytes]');
    expect(redactText(bytes('1f8b08', 20))).toBe('[application/gzip, 23 bytes]');
    expect(redactText(bytes('00', 3000))).toBe('[base64, 3001 bytes]');
    expect(redactText(`image: ${bytes('00', 3000)} end`)).toBe('image: [base64, 3001 bytes] end');
    const short = bytes('00', 100);
    expect(redactText(short)).toBe(short);
    expect(redactText('f00d'.repeat(1000))).toBe('f00d'.repeat(1000));
  });

  test('hides a binary body, and binary records with a secret in clear', () => {
    const record = Buffer.concat([
      Buffer.from([0xff, 0x00, 0xfe, 0x9c]),
      Buffer.from('{"password":"hunter2"}'),
    ]).toString('base64');

    expect(redactValue({ isBase64Encoded: true, body: 'AP8A/w==' })).toStrictEqual({
      isBase64Encoded: true,
      body: '[base64, 4 bytes]',
    });
    expect(redactText(record)).toBe('[base64, 26 bytes]');
  });

  test('hides texts in texts in texts, beyond the twelfth as a whole', () => {
    const wrap = (layers: number, core: string): string =>
      layers === 0 ? core : JSON.stringify({ m: wrap(layers - 1, core) });

    expect(redactText(wrap(12, 'fine'))).toBe(wrap(12, 'fine'));
    expect(redactText(wrap(11, '{"password":"x"}'))).toBe(wrap(11, '{"password":"[redacted]"}'));
    expect(redactText(wrap(12, '{"password":"x"}'))).toBe(wrap(12, '[redacted]'));
  });
});

describe('by the rules of the user', () => {
  test('a name counts at any depth and in any spelling', () => {
    const { redactValue: redact } = createRedactor(['customerIban', 'e-mail']);

    expect(
      redact({
        a: [{ customer_iban: 'DE1', iban: 'DE2' }],
        body: '{"EMail":"x"}',
        q: 'customer-iban=DE3&b=1',
      }),
    ).toStrictEqual({
      a: [{ customer_iban: '[redacted]', iban: 'DE2' }],
      body: '{"EMail":"[redacted]"}',
      q: 'customer-iban=[redacted]&b=1',
    });
  });

  test('a path counts from the root, through texts', () => {
    const { redactValue: redact, redactText: redactJson } = createRedactor([
      'body.customer.iban',
      'Records.*.body.name',
      '$.list[1]',
      'form.phone',
    ]);
    const body = JSON.stringify({ customer: { IBAN: 'DE1', id: 1 }, iban: 'DE2' });
    const masked = '{"customer":{"IBAN":"[redacted]","id":1},"iban":"DE2"}';

    expect(redact({ body, customer: { iban: 'DE3' } })).toStrictEqual({
      body: masked,
      customer: { iban: 'DE3' },
    });
    expect(redact({ body: base64(body) })).toStrictEqual({ body: base64(masked) });
    expect(redactJson(JSON.stringify({ body }))).toBe(JSON.stringify({ body: masked }));
    expect(redact({ Records: [{ body: '{"name":"x"}' }, { body: '{"name":"y' }] })).toStrictEqual({
      Records: [{ body: '{"name":"[redacted]"}' }, { body: '{"name":"[redacted]' }],
    });
    expect(redact({ list: ['a', 'b', 'c'] })).toStrictEqual({ list: ['a', '[redacted]', 'c'] });
    expect(redact({ form: 'phone=1&x=2', other: 'phone=1' })).toStrictEqual({
      form: 'phone=[redacted]&x=2',
      other: 'phone=1',
    });
  });

  test('a path into text that cannot be opened hides its last name there', () => {
    const { redactValue: redact } = createRedactor(['body.customer.iban']);

    expect(redact({ body: '<customer><iban>DE1</iban></customer>' })).toStrictEqual({
      body: '<customer><iban>[redacted]</iban></customer>',
    });
  });

  test('a pattern hides its matches in texts, numbers and names', () => {
    const pattern = /\bDE\d{6}\b|^\d{5}$/y;
    pattern.lastIndex = 3;
    const { redactValue: redact } = createRedactor([pattern]);

    expect(
      redact({
        a: 'from DE123456 to DE654321',
        n: 12345,
        DE111111: 1,
        d: base64('{"x":"DE123456"}'),
      }),
    ).toStrictEqual({
      a: 'from [redacted] to [redacted]',
      n: '[redacted]',
      '[redacted]': 1,
      d: base64('{"x":"[redacted]"}'),
    });
    expect([pattern.lastIndex, pattern.flags]).toStrictEqual([3, 'y']);
  });

  test('a pattern does not find its own mark, nor nothing', () => {
    const { redactText: redact } = createRedactor([/\w+/, /x*/]);

    expect(redact(redact('ab cd'))).toBe('[redacted] [redacted]');
    expect(createRedactor([/x*/]).redactText('abcdef')).toBe('abcdef');
  });
});

describe('hides the whole field when masking fails:', () => {
  const failed = '[redacted: masking failed]';

  test.each<[string, RegExp]>([
    [
      'a pattern that throws',
      Object.assign(/x/, {
        exec: () => {
          throw new Error('no');
        },
      }),
    ],
    [
      'a subclass of RegExp',
      new (class extends RegExp {
        override exec(): null {
          return null;
        }
      })('x'),
    ],
    ['something that is no pattern', JSON.parse('{"source":"x"}')],
  ])('%s', (_, rule) => {
    const redactor = createRedactor([rule]);

    expect(redactor.redactText('text')).toBe(failed);
    expect(redactor.redactValue({ a: 1 })).toBe(failed);
  });

  test('data that cannot be read', () => {
    const hostile: JsonValue = JSON.parse('{}');
    Object.defineProperty(hostile, 'a', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });

    expect(redactValue(hostile)).toBe(failed);
  });
});

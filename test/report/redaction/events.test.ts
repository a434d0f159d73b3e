import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/report/redaction/redact.ts';
import { shapeOf } from '../../../src/report/shape.ts';
import { type JsonValue, toJsonValue } from '../../../src/report/text/json-value.ts';
import { textOf } from '../../../src/report/text/text-of.ts';
import { fitText } from '../../../src/report/truncation/truncate-report.ts';
import { isLeaked } from './planted-secrets.ts';

/** Every secret in the sample events begins with this word. */
const planted = 'planted-';

/** What each of them is about. */
const ordinary = '77120';

const folder = new URL('../../events/', import.meta.url);
const names = readdirSync(folder).filter((file) => file.endsWith('.json'));
const redactor = createRedactor([]);

function readEvent(name: string): JsonValue {
  return toJsonValue(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))) ?? null;
}

/** The stages that an event passes on its way into a report. */
function reportedText(event: JsonValue, limitBytes = 262_144): string {
  return fitText(textOf(redactor.redactValue(event)) ?? '', limitBytes);
}

describe.each(names)('%s', (name) => {
  const event = readEvent(name);

  test('keeps its structure and loses its secrets', () => {
    const text = reportedText(event);

    expect(isLeaked(text, planted)).toBe(false);
    expect(isLeaked(text, ordinary)).toBe(true);
    expect(Object.keys(JSON.parse(text))).toStrictEqual(Object.keys(Object(event)));
  });

  test('stays JSON within a small limit', () => {
    const text = reportedText(event, 700);

    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThanOrEqual(700);
    expect(isLeaked(text, planted)).toBe(false);
    expect(JSON.parse(text)).toBeTypeOf('object');
  });

  test('tells nothing by its shape', () => {
    const text = JSON.stringify(shapeOf(event));

    expect(isLeaked(text, planted)).toBe(false);
    expect(isLeaked(text, ordinary)).toBe(false);
  });
});

/** Where masking changes an event, with base64 in clear. */
function changes(before: JsonValue, after: JsonValue, path = ''): string[] {
  if (before === after) return [];
  if (!isObject(before) || !isObject(after)) return [`${path}: ${readable(after)}`];
  return Object.entries(before).flatMap(([key, value]) =>
    changes(value, Reflect.get(after, key), path === '' ? key : `${path}.${key}`),
  );
}

function isObject(value: JsonValue): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null;
}

function readable(value: JsonValue): string {
  const text = textOf(value) ?? '';
  return /^[\w+/]{20,}=*$/.test(text) ? `(base64) ${Buffer.from(text, 'base64')}` : text;
}

test('masks these places and no others', () => {
  const found = names.flatMap((name) => {
    const event = readEvent(name);
    const { redactValue } = redactor;
    return changes(event, redactValue(event)).map((change) => `${name} ${change}`);
  });

  expect(found.join('\n')).toMatchInlineSnapshot(`
    "alb-multi-value.json multiValueQueryStringParameters.apikey: [redacted]
    alb-multi-value.json multiValueHeaders.authorization: [redacted]
    alb-multi-value.json multiValueHeaders.cookie: [redacted]
    alb-multi-value.json body: {"question":"Where is order 77120?","customer":{"email":"ada@example.com","password":"[redacted]"},"sessionToken":"[redacted]","max_tokens":512}
    api-gateway-http-base64.json rawQueryString: verbose=true&api_key=[redacted]
    api-gateway-http-base64.json cookies: [redacted]
    api-gateway-http-base64.json headers.authorization: [redacted]
    api-gateway-http-base64.json queryStringParameters.api_key: [redacted]
    api-gateway-http-base64.json body: (base64) question=Where+is+order+77120%3F&password=[redacted]&email=ada%40example.com
    api-gateway-http.json rawQueryString: verbose=true&api_key=[redacted]
    api-gateway-http.json cookies: [redacted]
    api-gateway-http.json headers.authorization: [redacted]
    api-gateway-http.json queryStringParameters.api_key: [redacted]
    api-gateway-http.json body: {"question":"Where is order 77120?","customer":{"email":"ada@example.com","password":"[redacted]"},"sessionToken":"[redacted]","max_tokens":512}
    api-gateway-rest.json headers.Authorization: [redacted]
    api-gateway-rest.json headers.Cookie: [redacted]
    api-gateway-rest.json headers.x-api-key: [redacted]
    api-gateway-rest.json multiValueHeaders.Authorization: [redacted]
    api-gateway-rest.json multiValueHeaders.Cookie: [redacted]
    api-gateway-rest.json multiValueHeaders.x-api-key: [redacted]
    api-gateway-rest.json queryStringParameters.access_token: [redacted]
    api-gateway-rest.json multiValueQueryStringParameters.access_token: [redacted]
    api-gateway-rest.json stageVariables.dbPassword: [redacted]
    api-gateway-rest.json requestContext.identity.apiKey: [redacted]
    api-gateway-rest.json body: {"question":"Where is order 77120?","customer":{"email":"ada@example.com","password":"[redacted]"},"sessionToken":"[redacted]","max_tokens":512}
    dynamodb-streams.json Records.0.dynamodb.NewImage.passwordHash: [redacted]
    dynamodb-streams.json Records.0.dynamodb.NewImage.session.M.refreshToken: [redacted]
    dynamodb-streams.json Records.0.dynamodb.NewImage.attachment.B: (base64) {"apiKey":"[redacted]","note":"see order 77120"}
    dynamodb-streams.json Records.0.dynamodb.OldImage.passwordHash: [redacted]
    eventbridge.json detail.customer.password: [redacted]
    eventbridge.json detail.sessionToken: [redacted]
    eventbridge.json detail.callback: https://[redacted]@hooks.example.com/done?signature=[redacted]&id=7
    eventbridge.json detail.connection: postgres://[redacted]@db.example.com:5432/shop
    function-url.json rawQueryString: token=[redacted]&lang=de
    function-url.json cookies: [redacted]
    function-url.json headers.authorization: [redacted]
    function-url.json headers.x-amz-security-token: [redacted]
    function-url.json queryStringParameters.token: [redacted]
    function-url.json requestContext.authorizer.iam.accessKey: [redacted]
    function-url.json body: (base64) {"question":"Where is order 77120?","customer":{"email":"ada@example.com","password":"[redacted]"},"sessionToken":"[redacted]","max_tokens":512}
    kinesis.json Records.0.kinesis.data: (base64) {"question":"Where is order 77120?","customer":{"email":"ada@example.com","password":"[redacted]"},"sessionToken":"[redacted]","max_tokens":512}
    kinesis.json Records.1.kinesis.data: (base64) 2024-06-04 12:34:56 INFO login user=ada password=[redacted] order=77120
    sns.json Records.0.Sns.Message: {"question":"Where is order 77120?","customer":{"email":"ada@example.com","password":"[redacted]"},"sessionToken":"[redacted]","max_tokens":512}
    sns.json Records.0.Sns.Signature: [redacted]
    sns.json Records.0.Sns.MessageAttributes.x-api-key: [redacted]
    sqs.json Records.0.body: {"question":"Where is order 77120?","customer":{"email":"ada@example.com","password":"[redacted]"},"sessionToken":"[redacted]","max_tokens":512}
    sqs.json Records.0.messageAttributes.apiKey: [redacted]
    sqs.json Records.1.body: {"Type":"Notification","MessageId":"95df01b4-ee98-5cb9-9903-4c221d41eb5e","TopicArn":"arn:aws:sns:eu-central-1:123456789012:questions","Subject":"A question","Message":"{\\"question\\":\\"Where is order 77120?\\",\\"customer\\":{\\"email\\":\\"ada@example.com\\",\\"password\\":\\"[redacted]\\"},\\"sessionToken\\":\\"[redacted]\\",\\"max_tokens\\":512}","Timestamp":"2024-06-04T12:34:56.000Z","SignatureVersion":"1","Signature":"[redacted]","SigningCertURL":"https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem","UnsubscribeURL":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-central-1:123456789012:questions:1"}
    sqs.json Records.1.messageAttributes.apiKey: [redacted]"
  `);
});

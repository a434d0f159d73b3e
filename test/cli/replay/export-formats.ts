/** The formats in which CloudWatch exports log events. */
import { gzipSync } from 'node:zlib';

export interface LogEvent {
  readonly time: Date;
  readonly message: string;
}

const stream = '2026/11/22/[$LATEST]3c5d2f0e';

const events = (list: readonly LogEvent[]) => ({
  events: list.map(({ time, message }, index) => ({
    logStreamName: stream,
    timestamp: time.getTime(),
    message,
    ingestionTime: time.getTime() + 500,
    eventId: `3${index}`,
  })),
  searchedLogStreams: [],
});

const insights = (list: readonly LogEvent[]) => ({
  results: list.map(({ time, message }) => [
    { field: '@timestamp', value: time.toISOString().replace('T', ' ').replace('Z', '') },
    { field: '@message', value: message },
    { field: '@ptr', value: 'CmEKKgom' },
  ]),
  statistics: { recordsMatched: list.length },
  status: 'Complete',
});

const subscription = ({ time, message }: LogEvent) =>
  JSON.stringify({
    messageType: 'DATA_MESSAGE',
    logGroup: '/aws/lambda/agent',
    logEvents: [{ id: '3', timestamp: time.getTime(), message }],
  });

const csv = (...fields: readonly (string | number)[]) =>
  fields
    .map((field) => (/[",\n]/.test(`${field}`) ? `"${`${field}`.replaceAll('"', '""')}"` : field))
    .join(',');

/** Escapes JSON as Python, and therefore the AWS CLI, does. */
const asciiJson = (json: string) =>
  json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const textFormats: Readonly<Record<string, (list: readonly LogEvent[]) => string>> = {
  'plain log lines': (list) => list.map(({ message }) => message).join(''),
  'aws logs tail': (list) =>
    list
      .map(
        ({ time, message }) => `${time.toISOString().slice(0, -1)}000+00:00 ${stream} ${message}`,
      )
      .join(''),
  'aws logs filter-log-events': (list) => asciiJson(JSON.stringify(events(list), undefined, 4)),
  'aws logs filter-log-events --output text': (list) =>
    list
      .map(({ time, message }) => `EVENTS\t3\t${+time}\t${stream}\t${message}\t${+time}\n`)
      .join(''),
  'aws logs get-log-events': (list) =>
    JSON.stringify({ ...events(list), nextForwardToken: 'f/3' }, undefined, 4),
  'compact JSON': (list) => JSON.stringify(events(list)),
  'JSON lines': (list) =>
    list.map(({ time, message }) => `${JSON.stringify({ timestamp: +time, message })}\n`).join(''),
  'JSON in JSON': (list) => JSON.stringify({ body: JSON.stringify(events(list)) }),
  'aws logs get-query-results': (list) => asciiJson(JSON.stringify(insights(list), undefined, 4)),
  'Logs Insights, JSON from the console': (list) =>
    JSON.stringify(
      list.map(({ time, message }) => ({ '@timestamp': time, '@message': parseIfJson(message) })),
      undefined,
      2,
    ),
  'Logs Insights, CSV': (list) =>
    ['@timestamp,@message', ...list.map(({ time, message }) => csv(+time, message))].join('\n'),
  'CSV from the console': (list) =>
    ['timestamp,message', ...list.map(({ time, message }) => csv(+time, message))].join('\r\n'),
  'a subscription in S3': (list) => list.map(subscription).join(''),
  'an export to S3': (list) =>
    list.map(({ time, message }) => `${time.toISOString()} ${message}`).join(''),
};

/** The text formats as files, and formats that are not plain UTF-8. */
export const fileFormats: Readonly<Record<string, (list: readonly LogEvent[]) => Buffer>> = {
  ...Object.fromEntries(
    Object.entries(textFormats).map(([name, write]) => [
      name,
      (list: readonly LogEvent[]) => Buffer.from(write(list)),
    ]),
  ),
  'an export to S3, compressed': (list) =>
    Buffer.concat(list.map(({ time, message }) => gzipSync(`${time.toISOString()} ${message}`))),
  'the output of Windows PowerShell': (list) =>
    Buffer.from(`\uFEFF${JSON.stringify(events(list), undefined, 4)}`, 'utf16le'),
  'UTF-8 with a byte order mark': (list) =>
    Buffer.from(`\uFEFF${list.map(({ message }) => message).join('')}`),
};

/** The console exports a JSON message as an object. */
function parseIfJson(message: string): unknown {
  return message.startsWith('{') ? JSON.parse(message) : message;
}

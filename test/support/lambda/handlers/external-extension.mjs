// An external extension: writes what it is told to a file, and behaves as its variables say.

import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const name = process.env.EXTERNAL_NAME;
const behaviour = JSON.parse(process.env.EXTERNAL ?? '{}');
const { events = ['INVOKE', 'SHUTDOWN'], workMs = 0, telemetry, crash, onShutdown } = behaviour;
const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true });

const note = (what) => appendFileSync(join(tmpdir(), `${name}.jsonl`), `${JSON.stringify(what)}\n`);

const call = async (method, path, headers, body) => {
  const outgoing = request({ hostname, port, agent, method, path, headers });
  outgoing.end(body === undefined ? '' : JSON.stringify(body));
  const [response] = await once(outgoing, 'response');
  const answer = await text(response);
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(answer) };
};

if (crash === 'start') process.exit(9);
note({ environment: process.env });
const registered = await call(
  'POST',
  '/2020-01-01/extension/register',
  { 'lambda-extension-name': name },
  { events },
);
const identity = {
  'lambda-extension-identifier': registered.headers['lambda-extension-identifier'],
};

if (telemetry) {
  let failures = telemetry.failures ?? 0;
  const server = createServer(async (incoming, response) => {
    const batch = JSON.parse(await text(incoming));
    failures -= 1;
    if (failures < 0) note({ batch });
    response.writeHead(failures < 0 ? 200 : 500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const destination = {
    protocol: 'HTTP',
    URI: `http://sandbox.localdomain:${server.address().port}/telemetry`,
  };
  const subscription = {
    schemaVersion: '2025-01-29',
    types: telemetry.types ?? ['platform', 'function', 'extension'],
    buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: telemetry.timeoutMs ?? 25 },
    destination,
  };
  const { status, body } = await call('PUT', '/2022-07-01/telemetry', identity, subscription);
  note({ subscription: { status, body } });
}
console.log(`${name} is there`);

for (;;) {
  const { body: event } = await call('GET', '/2020-01-01/extension/event/next', identity);
  note({ event });
  if (event.eventType === 'SHUTDOWN') {
    if (onShutdown !== 'stays') await sleep(100).then(() => process.exit(0));
    await sleep(60_000);
  }
  if (crash === 'invoke') process.exit(0);
  await sleep(workMs);
}

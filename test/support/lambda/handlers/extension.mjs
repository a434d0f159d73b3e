// An internal extension with a handler beside it, whose event says what both do.

import { appendFileSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true });
const workOf = new Map();
const received = [];
let ticks = 0;

const call = (method, path, headers, body) =>
  new Promise((resolve, reject) => {
    const url = { hostname, port, agent, method, path: `/2020-01-01/extension/${path}`, headers };
    const outgoing = request(url, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        const text = Buffer.concat(chunks).toString();
        resolve({ status, headers, body: text && JSON.parse(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? '' : JSON.stringify(body));
  });

const events = JSON.parse(process.env.EXTENSION_EVENTS ?? '["INVOKE"]');
const name = 'test-extension';
const registered = await call('POST', 'register', { 'lambda-extension-name': name }, { events });
const identifier = registered.headers['lambda-extension-identifier'];

const next = () => call('GET', 'event/next', { 'lambda-extension-identifier': identifier });

const work = async ({ requestId }) => {
  const given = workOf.get(requestId) ?? Promise.withResolvers();
  workOf.set(requestId, given);
  const { workMs = 0 } = await given.promise;
  workOf.delete(requestId);
  await sleep(workMs);
};

const loop = async () => {
  for (;;) {
    // A broken connection or a refusal: asked again until the place is free.
    const answer = await next().catch(() => ({ status: 0 }));
    if (answer.status !== 200) {
      await sleep(20);
      continue;
    }
    received.push(answer.body);
    await work(answer.body);
  }
};

if (registered.status === 200 && process.env.EXTENSION_NEVER_ASKS === undefined) void loop();

const onSigterm = {
  ends: () => {
    appendFileSync(join(tmpdir(), 'sigterm'), 'x');
    // Not by process.exit(): that waits for the thread in which the native client polls.
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
  },
  stays: () => appendFileSync(join(tmpdir(), 'sigterm'), 'x'),
}[process.env.ON_SIGTERM];
if (onSigterm) process.on('SIGTERM', onSigterm);

const outcomes = {
  answer: () => ({ pid: process.pid, registered, received, files: readdirSync(tmpdir()) }),
  registerAgain: async () => {
    const headers = { 'lambda-extension-name': 'another' };
    return (await call('POST', 'register', headers, { events })).body;
  },
  write: ({ file }) => appendFileSync(join(tmpdir(), file), 'x'),
  exit: () => process.exit(3),
  exitError: async () => {
    const headers = {
      'lambda-extension-identifier': identifier,
      'lambda-extension-function-error-type': 'Extension.Broken',
    };
    await call('POST', 'exit/error', headers, { errorMessage: 'broken' });
    process.exit(1);
  },
  block: () => {
    for (;;);
  },
  wait: () => sleep(60_000),
  tick: () => {
    setInterval(() => {
      ticks += 1;
    }, 5);
  },
  ticks: () => ticks,
};

export const handler = async (event, { awsRequestId }) => {
  const given = workOf.get(awsRequestId) ?? Promise.withResolvers();
  workOf.set(awsRequestId, given);
  try {
    return await outcomes[event.outcome ?? 'answer'](event);
  } finally {
    given.resolve(event);
  }
};

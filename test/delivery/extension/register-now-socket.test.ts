/** What becomes of the socket. */
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { connectToLambda } from '../../../src/delivery/extension/lambda-connection.ts';
import { type RegisteredNow, registerNow } from '../../../src/delivery/extension/register-now.ts';
import { threadedAnswer } from '../../support/threaded-server.ts';

const taken = {
  status: 200,
  body: '{}',
  headers: { 'lambda-extension-identifier': 'id-1', 'content-length': '2' },
};
const call = { method: 'GET', path: '/next', headers: {} } as const;

test('the calls that follow are made on the same connection', async () => {
  const { now, address } = await register();
  const lambda = connectToLambda(address, now.socket);

  const first = await lambda.call(call);
  const readForFirst = now.socket.bytesRead;
  const second = await lambda.call(call);

  expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
  // What registering read has passed Node by.
  expect(now.socket.bytesRead).toBe(2 * readForFirst);
});

test('a connection that is lost after the registration is replaced', async () => {
  const { now, address } = await register();
  const lambda = connectToLambda(address, now.socket);
  onTestFinished(() => lambda.close());

  now.socket.destroy();
  const answer = await lambda.call(call);

  expect(answer.statusCode).toBe(200);
});

test('a port that cannot be leaves the next tick as it was, and no descriptor', () => {
  const { nextTick } = process;
  const before = descriptors();

  for (let round = 0; round < 50; round += 1) {
    expect(() => registerNow({ host: '127.0.0.1', port: 65_536 })).toThrow(RangeError);
  }

  expect(process.nextTick).toBe(nextTick);
  expect(descriptors()).toBe(before);
});

interface Address {
  readonly host: string;
  readonly port: number;
}

async function taking(): Promise<Address> {
  const { hostname, port } = new URL(await threadedAnswer(taken));
  return { host: hostname, port: Number(port) };
}

async function register(): Promise<{ readonly now: RegisteredNow; readonly address: Address }> {
  const address = await taking();
  return { now: registerTo(address), address };
}

function registerTo(address: Address): RegisteredNow {
  const now = registerNow(address);
  if (now === undefined) throw new Error('This machine cannot register at once.');
  onTestFinished(() => void now.socket.destroy());
  return now;
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

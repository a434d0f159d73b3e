// Sends what the main thread hands over, and wakes it where it waits.
'use strict';

const { Agent, request } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');

const { started, ...address } = workerData;
const agents = {
  GET: new Agent({ keepAlive: true, maxSockets: 1 }),
  POST: new Agent({ keepAlive: true, maxSockets: 1 }),
};

parentPort.on('message', (message) => (message.method === 'GET' ? get(message) : post(message)));
raise(started);

function get({ path, sent }) {
  const answer = ({ status, headers = {}, body = '' }) => {
    raise(sent);
    parentPort.postMessage({ status, headers, body });
  };
  const outgoing = request({ ...address, agent: agents.GET, path }, (response) => {
    const chunks = [];
    response.on('error', () => answer({ status: -1 }));
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('end', () => {
      const { statusCode: status, headers } = response;
      answer({ status, headers, body: Buffer.concat(chunks).toString() });
    });
  });
  outgoing.on('finish', () => raise(sent));
  outgoing.on('error', () => answer({ status: -1 }));
  outgoing.end();
}

function post({ path, body, headers, answered }) {
  const payload = Buffer.from(body);
  const outgoing = request({
    ...address,
    agent: agents.POST,
    path,
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': payload.length,
    },
  });
  // Refusals change nothing, as in the native part, which writes them to the log at most.
  outgoing.on('response', (response) => response.on('close', () => raise(answered)).resume());
  outgoing.on('error', () => raise(answered));
  outgoing.end(payload);
}

function raise(flag) {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

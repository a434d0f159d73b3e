// Sends what the blocked main thread hands over, then wakes it.
'use strict';

const { Agent, request } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

parentPort.on('message', ({ path, body, headers, answered }) => {
  const wake = () => {
    Atomics.store(answered, 0, 1);
    Atomics.notify(answered, 0);
  };
  const payload = Buffer.from(body);
  const outgoing = request({
    ...workerData,
    agent,
    path,
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': payload.length,
    },
  });
  // Refusals change nothing, as in the native part, which writes them to the log at most.
  outgoing.on('response', (response) => response.on('close', wake).resume());
  outgoing.on('error', wake);
  outgoing.end(payload);
});

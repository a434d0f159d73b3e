// Requests from a thread of its own, as the native part makes them from libuv's threads: neither
// waits for the event loop of the handler.
'use strict';

const { Worker } = require('node:worker_threads');
const { join } = require('node:path');

module.exports = { startRequestThread };

/** A hundred times what it takes; without the thread there would be no answer at all. */
const startLimitMs = 5000;
/** The same for a poll to be on the wire. */
const sendLimitMs = 1000;

function startRequestThread({ hostname, port }) {
  const started = flag();
  const worker = new Worker(join(__dirname, 'request-worker.cjs'), {
    // Neither the flags nor the NODE_OPTIONS of the function: a preload must run once only.
    env: {},
    execArgv: [],
    workerData: { hostname, port, started },
  });
  worker.unref();
  // Before the handler is loaded, so that no poll and no answer has to wait for it.
  Atomics.wait(started, 0, 0, startLimitMs);

  /** Resolves with status, headers and body; status -1 if there was no answer. */
  const get = (path) => {
    const sent = flag();
    // What waits for an event keeps the process alive, and nothing else here does.
    worker.ref();
    const answered = new Promise((resolve) => {
      worker.once('message', (answer) => {
        worker.unref();
        resolve(answer);
      });
    });
    worker.postMessage({ method: 'GET', path, sent });
    // The native part polls at once too: what the handler's module began comes after it.
    Atomics.wait(sent, 0, 0, sendLimitMs);
    return answered;
  };
  /** Blocks until the answer is there, as libcurl does: nothing of the handler's runs meanwhile. */
  const post = (path, body, headers) => {
    const answered = flag();
    worker.postMessage({ method: 'POST', path, body, headers, answered });
    // No limit, as in the native part: the platform kills a function that is stuck here.
    Atomics.wait(answered, 0, 0);
  };
  return { get, post };
}

function flag() {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

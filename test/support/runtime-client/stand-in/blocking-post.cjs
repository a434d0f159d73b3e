// A POST that blocks the calling thread until the answer is there, as libcurl does in the native
// part: nothing of the handler's can run between its response and the next invocation.
'use strict';

const { Worker } = require('node:worker_threads');
const { join } = require('node:path');

module.exports = { createBlockingPost };

function createBlockingPost({ hostname, port }) {
  let worker;
  const start = () => {
    // Neither the flags nor the NODE_OPTIONS of the function: a preload must run once only.
    worker ??= new Worker(join(__dirname, 'post-worker.cjs'), {
      env: {},
      execArgv: [],
      workerData: { hostname, port },
    });
    worker.unref();
  };
  const post = (path, body, headers) => {
    start();
    const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    worker.postMessage({ path, body, headers, answered });
    // No limit, as in the native part: the platform kills a function that is stuck here.
    Atomics.wait(answered, 0, 0);
  };
  post.warmUp = start;
  return post;
}

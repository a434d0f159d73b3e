// Stands in for the runtime client's native part where it cannot be compiled. It offers the same
// three functions and sends the same requests, so the JavaScript of the runtime client, which is
// what our code meets, stays the real one.
'use strict';

const { Agent, get } = require('node:http');
const { createBlockingPost } = require('./blocking-post.cjs');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const invocations = '/2018-06-01/runtime/invocation/';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const post = createBlockingPost({ hostname, port });

module.exports = { next, done, error };

function next() {
  post.warmUp();
  return new Promise((resolve, reject) => {
    get({ hostname, port, agent, path: `${invocations}next` }, (response) => {
      const chunks = [];
      response.on('error', reject);
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        if (response.statusCode !== 200) {
          reject(new Error(`Failed to get next invocation, error ${response.statusCode}`));
          return;
        }
        const bodyJson = Buffer.concat(chunks).toString();
        resolve({ bodyJson, headers: invocationHeaders(response.headers) });
      });
    }).on('error', () => reject(new Error('Failed to get next invocation, error -1')));
  });
}

function done(requestId, body) {
  requireStrings(requestId, body);
  post(`${invocations}${requestId}/response`, body, {});
  return null;
}

function error(requestId, body, xrayCause) {
  requireStrings(requestId, body, xrayCause);
  const headers = {};
  if (xrayCause) headers['lambda-runtime-function-xray-error-cause'] = headerValue(xrayCause);
  post(`${invocations}${requestId}/error`, body, headers);
  return null;
}

// The native part passes on these headers only, the deadline as a number and the trace id always.
function invocationHeaders(received) {
  const headers = {
    'lambda-runtime-deadline-ms': Number(received['lambda-runtime-deadline-ms']),
    'lambda-runtime-aws-request-id': received['lambda-runtime-aws-request-id'],
    'lambda-runtime-trace-id': received['lambda-runtime-trace-id'] ?? '',
    'lambda-runtime-invoked-function-arn': received['lambda-runtime-invoked-function-arn'] ?? '',
  };
  for (const name of ['client-context', 'cognito-identity', 'aws-tenant-id']) {
    const value = received[`lambda-runtime-${name}`];
    if (value) headers[`lambda-runtime-${name}`] = Buffer.from(value, 'latin1').toString();
  }
  return headers;
}

// libcurl writes the UTF-8 bytes as they are; node:http takes one character a byte.
function headerValue(text) {
  return Buffer.from(text).toString('latin1');
}

function requireStrings(...values) {
  if (values.some((value) => typeof value !== 'string')) throw new TypeError('Wrong arguments');
}

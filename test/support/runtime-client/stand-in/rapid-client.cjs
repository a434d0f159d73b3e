// Stands in for the runtime client's native part where it cannot be compiled. It offers the same
// three functions and sends the same requests, so the JavaScript of the runtime client, which is
// what our code meets, stays the real one.
'use strict';

const { startRequestThread } = require('./request-thread.cjs');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const invocations = '/2018-06-01/runtime/invocation/';
const { get, post } = startRequestThread({ hostname, port });

module.exports = { next, done, error };

async function next() {
  const { status, headers, body } = await get(`${invocations}next`);
  if (status !== 200) throw new Error(`Failed to get next invocation, error ${status}`);
  return { bodyJson: body, headers: invocationHeaders(headers) };
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

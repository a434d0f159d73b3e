import http from 'node:http';
import https from 'node:https';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { headersOf, seenOf } from '../observe.mjs';

const endless = 'text--chunks-5000--delay-2';
const long = 'text--chunks-2000--size-10000';

function post(url, behaviour, { stream = false, ...options } = {}) {
  const { request: ask } = url.startsWith('https:') ? https : http;
  const request = ask(`${url}/v1/chat/completions`, { method: 'POST', ...options });
  request.end(
    JSON.stringify({
      model: `gpt--${behaviour}`,
      messages: [],
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }),
  );
  return request;
}

function answered(request) {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
}

export const json = async (url, behaviour) => {
  const response = await answered(post(url, behaviour));
  const text = await textOf(response);
  return { ...facts(response), complete: response.complete, ...text };
};

export const callback = (url, behaviour) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ model: `gpt--${behaviour}`, messages: [] });
    const options = { method: 'POST', headers: { 'content-length': Buffer.byteLength(body) } };
    const events = [];
    const request = http.request(`${url}/v1/chat/completions`, options, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => events.push('end'));
      response.on('close', () => resolve({ text, events, type: typeof text }));
    });
    request.on('error', reject);
    request.end(body);
  });

export const stream = async (url, behaviour) => {
  const response = await answered(post(url, behaviour, { stream: true }));
  return { ...facts(response), ...(await textOf(response)), complete: response.complete };
};

export const readable = async (url, behaviour) => {
  const response = await answered(post(url, behaviour, { stream: true }));
  let text = '';
  response.on('readable', () => {
    for (let part = response.read(7); part !== null; part = response.read(7))
      text += part.toString('latin1');
  });
  await new Promise((resolve) => response.once('end', resolve));
  return text;
};

/** Listened to only later, when all of it has long been there. */
export const late = async (url, behaviour) => {
  const response = await answered(post(url, behaviour, { stream: true }));
  await sleep(50);
  return textOf(response);
};

export const piped = async (url, behaviour) => {
  const response = await answered(post(url, behaviour, { stream: true }));
  const through = new PassThrough();
  const text = textOf(through);
  await pipeline(response, through);
  return text;
};

export const gunzipped = async (url, behaviour) => {
  const headers = { 'accept-encoding': 'gzip' };
  const response = await answered(post(url, behaviour, { headers }));
  return textOf(response.pipe(createGunzip()));
};

export const destroyed = async (url) => {
  const response = await answered(post(url, endless, { stream: true }));
  const error = await new Promise((resolve) => {
    response.once('data', () => response.destroy(new RangeError('enough')));
    response.once('error', resolve);
  });
  return { error: seenOf(error), destroyed: response.destroyed };
};

export const aborted = async (url) => {
  const controller = new AbortController();
  const request = post(url, endless, { stream: true, signal: controller.signal });
  const response = await answered(request);
  request.on('error', () => {});
  response.once('data', () => controller.abort());
  const { error } = await textOf(response);
  return { error };
};

/** Nobody reads it. */
export const dumped = async (url, behaviour) => {
  const response = await answered(post(url, behaviour));
  response.resume();
  await new Promise((resolve) => response.once('end', resolve));
  return facts(response);
};

export const slowReader = async (url) => {
  const response = await answered(post(url, long, { stream: true }));
  let length = 0;
  let reads = 0;
  for await (const bytes of response) {
    length += bytes.length;
    reads += 1;
    if (reads < 3) await sleep(30);
    if (reads === 3) await sleep(300);
  }
  return length;
};

async function textOf(stream) {
  const read = [];
  try {
    for await (const bytes of stream) read.push(bytes);
    return { text: Buffer.concat(read).toString() };
  } catch (error) {
    return { text: Buffer.concat(read).toString(), error: seenOf(error) };
  }
}

function facts(response) {
  const { statusCode, statusMessage, headers, httpVersion } = response;
  const events = ['data', 'end', 'close', 'error', 'aborted', 'readable'];
  return {
    statusCode,
    statusMessage,
    httpVersion,
    headers: headersOf(headers),
    class: response.constructor.name,
    keys: Object.keys(response).sort(),
    listeners: events.map((name) => [name, response.listenerCount(name)]),
    flowing: response.readableFlowing,
  };
}

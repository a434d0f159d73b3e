import { setTimeout as sleep } from 'node:timers/promises';
import { headersOf, seenOf } from '../observe.mjs';

const endless = 'text--chunks-5000--delay-2';
const long = 'text--chunks-2000--size-10000';

const post = (url, behaviour, { stream = false, ...rest } = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-1' },
    body: JSON.stringify({
      model: `gpt--${behaviour}`,
      messages: [{ role: 'user', content: 'why?' }],
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }),
    ...rest,
  });

export const json = async (url, behaviour) => {
  const response = await post(url, behaviour);
  return { ...facts(response), body: await response.json(), bodyUsed: response.bodyUsed };
};

export const request = async (url, behaviour) => {
  const body = JSON.stringify({ model: `gpt--${behaviour}`, messages: [] });
  const response = await fetch(new Request(`${url}/v1/chat/completions`, { method: 'POST', body }));
  return { ...facts(response), bytes: Buffer.from(await response.arrayBuffer()).toString() };
};

export const clone = async (url, behaviour) => {
  const response = await post(url, behaviour, { stream: true });
  const copy = response.clone();
  const second = await copy.text();
  const first = await response.text();
  const again = await response.text().catch(seenOf);
  return { first, isSame: first === second, again };
};

export const stream = async (url, behaviour) => {
  const response = await post(url, behaviour, { stream: true });
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const bytes of response.body) text += decoder.decode(bytes, { stream: true });
    return { ...facts(response), text };
  } catch (error) {
    return { ...facts(response), text, error: seenOf(error) };
  }
};

export const reader = async (url, behaviour) => {
  const response = await post(url, behaviour, { stream: true });
  const taken = response.body.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await taken.read();
    if (done) break;
    if (value.constructor !== Uint8Array) throw new TypeError('not bytes');
    text += Buffer.from(value).toString('latin1');
  }
  await taken.closed;
  return text;
};

export const tee = async (url, behaviour) => {
  const { body } = await post(url, behaviour, { stream: true });
  const [one, other] = body.tee();
  return [await new Response(one).text(), await new Response(other).text()];
};

export const piped = async (url, behaviour) => {
  const { body } = await post(url, behaviour, { stream: true });
  const texts = [];
  await body
    .pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (text) => void texts.push(text) }));
  return texts.join('');
};

export const cancel = async (url) => {
  const response = await post(url, endless, { stream: true });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel('enough');
  return {
    isBytes: value instanceof Uint8Array,
    after: await reader.read(),
    locked: response.body.locked,
  };
};

export const abort = async (url) => {
  const controller = new AbortController();
  const response = await post(url, endless, { stream: true, signal: controller.signal });
  const reader = response.body.getReader();
  await reader.read();
  const reason = new RangeError('too long');
  controller.abort(reason);
  let error;
  try {
    while (!(await reader.read()).done);
  } catch (thrown) {
    error = thrown;
  }
  return { isReason: error === reason, error: seenOf(error) };
};

export const abortBefore = async (url) => {
  const error = await post(url, 'text--wait-5000', { signal: AbortSignal.timeout(100) }).catch(
    seenOf,
  );
  return { error };
};

/** What is never read holds nothing up. */
export const unread = async (url, behaviour) => facts(await post(url, behaviour, { stream: true }));

/** Whoever reads slowly slows the server: see how far it is when little has been read. */
export const slowReader = async (url) => {
  const response = await post(url, long, { stream: true });
  const reader = response.body.getReader();
  let length = 0;
  for (let reads = 0; reads < 3; reads += 1) {
    await sleep(30);
    length += (await reader.read()).value.length;
  }
  await sleep(300);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return length;
    length += value.length;
  }
};

export const refused = async () => {
  const error = await post('http://127.0.0.1:49', 'text').catch(seenOf);
  return { error };
};

function facts({ status, statusText, headers, ok, type, redirected, url, body }) {
  return {
    status,
    statusText,
    headers: headersOf(headers),
    ok,
    type,
    redirected,
    path: new URL(url).pathname,
    kind: body?.constructor.name,
  };
}

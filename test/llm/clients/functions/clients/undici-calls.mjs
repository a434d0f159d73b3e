/** Calls by a copy of undici, whichever version that is. */
import { Writable } from 'node:stream';
import { headersOf, seenOf } from '../observe.mjs';

const endless = 'text--chunks-5000--delay-2';

const asked = (behaviour, stream = false) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    model: `gpt--${behaviour}`,
    messages: [],
    ...(stream && { stream, stream_options: { include_usage: true } }),
  }),
});
const address = (url) => `${url}/v1/chat/completions`;

export function callsOf(undici) {
  const fetch = async (url, behaviour) => {
    const response = await undici.fetch(address(url), asked(behaviour));
    return {
      status: response.status,
      headers: headersOf(response.headers),
      body: await response.json(),
    };
  };

  const fetchStream = async (url, behaviour) => {
    const response = await undici.fetch(address(url), asked(behaviour, true));
    return response.text();
  };

  const request = async (url, behaviour) => {
    const { statusCode, headers, trailers, body } = await undici.request(
      address(url),
      asked(behaviour),
    );
    return { statusCode, headers: headersOf(headers), trailers, body: await body.json() };
  };

  const requestStream = async (url, behaviour) => {
    const { body } = await undici.request(address(url), asked(behaviour, true));
    const read = [];
    try {
      for await (const bytes of body) read.push(bytes);
      return { text: Buffer.concat(read).toString() };
    } catch (error) {
      return { text: Buffer.concat(read).toString(), error: seenOf(error) };
    }
  };

  const requestDump = async (url, behaviour) => {
    const { statusCode, body } = await undici.request(address(url), asked(behaviour));
    await body.dump();
    return statusCode;
  };

  const requestDestroy = async (url) => {
    const { body } = await undici.request(address(url), asked(endless, true));
    const error = await new Promise((resolve) => {
      body.once('data', () => body.destroy(new RangeError('enough')));
      body.once('error', resolve);
    });
    return { error: seenOf(error), destroyed: body.destroyed };
  };

  const stream = async (url, behaviour) => {
    const texts = [];
    const { opaque } = await undici.stream(
      address(url),
      { ...asked(behaviour, true), opaque: { texts } },
      ({ opaque }) =>
        new Writable({
          write: (bytes, _, done) => {
            opaque.texts.push(String(bytes));
            done();
          },
        }),
    );
    return opaque.texts.join('');
  };

  const client = async (url, behaviour) => {
    const own = new undici.Client(url);
    const { body } = await own.request({ path: '/v1/chat/completions', ...asked(behaviour) });
    const text = await body.text();
    await own.close();
    return text;
  };

  /** By the protocol that the server prefers, which is HTTP/2. */
  const overTls = async (url, behaviour) => {
    const own = new undici.Agent({ allowH2: true });
    const answer = await undici.request(address(url), {
      dispatcher: own,
      ...asked(behaviour, true),
    });
    const text = await answer.body.text();
    await own.close();
    return text;
  };

  return {
    overTls,
    fetch,
    fetchStream,
    request,
    requestStream,
    requestDump,
    requestDestroy,
    stream,
    client,
  };
}

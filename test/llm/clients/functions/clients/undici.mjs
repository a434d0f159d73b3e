import * as undici from 'undici';
import { callsOf } from './undici-calls.mjs';

export const {
  fetch,
  fetchStream,
  request,
  requestStream,
  requestDump,
  requestDestroy,
  stream,
  client,
  overTls,
} = callsOf(undici);

const asked = (behaviour) => ({
  method: 'POST',
  body: JSON.stringify({
    model: `gpt--${behaviour}`,
    stream: true,
    stream_options: { include_usage: true },
  }),
});

export const dispatch = (url, behaviour) =>
  new Promise((resolve, reject) => {
    const texts = [];
    const pool = new undici.Pool(url);
    pool.dispatch(
      { path: '/v1/chat/completions', ...asked(behaviour) },
      {
        onRequestStart: () => {},
        onResponseStart: (_, statusCode) => void texts.push(statusCode),
        onResponseData: (_, bytes) => void texts.push(String(bytes)),
        onResponseEnd: () => resolve(pool.close().then(() => texts.join(''))),
        onResponseError: (_, error) => reject(error),
      },
    );
  });

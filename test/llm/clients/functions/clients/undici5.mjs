import * as undici from 'undici5';
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
} = callsOf(undici);

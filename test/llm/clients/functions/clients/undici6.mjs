import * as undici from 'undici6';
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

/** Calls one client as the event says, and returns all that its caller can see. */
import { observe } from './observe.mjs';

const clients = {
  openai: () => import('./clients/openai.mjs'),
  anthropic: () => import('./clients/anthropic.mjs'),
  bedrock: () => import('./clients/bedrock.mjs'),
  google: () => import('./clients/google.mjs'),
  vercel: () => import('./clients/vercel.mjs'),
  langchain: () => import('./clients/langchain.mjs'),
  mcp: () => import('./clients/mcp.mjs'),
  fetch: () => import('./clients/fetch.mjs'),
  undici: () => import('./clients/undici.mjs'),
  undici5: () => import('./clients/undici5.mjs'),
  undici6: () => import('./clients/undici6.mjs'),
  undici7: () => import('./clients/undici7.mjs'),
  http: () => import('./clients/http.mjs'),
  axios: () => import('./clients/axios.mjs'),
};

export const handler = async ({ client, call, url, behaviour }) => {
  const calls = await clients[client]();
  return observe(() => calls[call](url, behaviour));
};

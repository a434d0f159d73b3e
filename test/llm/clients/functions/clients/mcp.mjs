import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { observe } from '../observe.mjs';

async function connected(url, use, path = '/mcp') {
  const client = new Client({ name: 'agent', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}${path}`)));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

export const list = (url) => connected(url, (client) => client.listTools());

export const callTools = (url) => connected(url, callThree);
export const callToolsWithJson = (url) => connected(url, callThree, '/mcp-json');

async function callThree(client) {
  return [
    await client.callTool({ name: 'add', arguments: { a: 40, b: 2 } }),
    await client.callTool({ name: 'echo', arguments: { text: 'why?'.repeat(30_000) } }),
    await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } }),
  ];
}

export const callFailing = (url) =>
  connected(url, async (client) => [
    await observe(() => client.callTool({ name: 'fail', arguments: {} })),
    await observe(() => client.callTool({ name: 'no_such_tool', arguments: {} })),
  ]);

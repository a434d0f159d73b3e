/** A server of tools, as the protocol's own package makes it, for the tests' server to answer with. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as z from 'zod';

export async function answerMcp(request, response, body, enableJsonResponse) {
  const server = new McpServer({ name: 'tools', version: '1.0.0' });
  const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });
  const numbers = { a: z.number(), b: z.number() };
  server.registerTool('add', { inputSchema: numbers }, async ({ a, b }) => text(a + b));
  server.registerTool('echo', { inputSchema: { text: z.string() } }, async (given) =>
    text(given.text),
  );
  server.registerTool('fail', { inputSchema: {} }, async () => {
    throw new Error('out of order');
  });
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: undefined,
    enableJsonResponse,
  });
  response.on('close', () => {
    transport.close();
    server.close();
  });
  await server.connect(transport);
  await transport.handleRequest(request, response, body);
}

/** Tools over the Model Context Protocol, from its own package, which is installed with the functions. */

import { pathToFileURL } from 'node:url';
import type { Request, Response } from '../provider-server/either-protocol.ts';
import type { Extra } from '../provider-server/provider-server.ts';
import { functions } from './bundle-clients.ts';

interface McpServerModule {
  answerMcp(
    request: Request,
    response: Response,
    body: unknown,
    enableJsonResponse: boolean,
  ): Promise<void>;
}

/** At `/mcp` answers are streams, at `/mcp-json` they are not. */
export async function answersMcp(): Promise<Extra> {
  const { href } = pathToFileURL(`${functions}/mcp-server.mjs`);
  const { answerMcp }: McpServerModule = await import(href);
  return (request, response, body) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (!path.startsWith('/mcp')) return false;
    const given = body === '' ? undefined : JSON.parse(body);
    void answerMcp(request, response, given, path.endsWith('-json'));
    return true;
  };
}

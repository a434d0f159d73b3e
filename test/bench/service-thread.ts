/** Runs on a thread of its own: xpander.ai's API with a settable latency, and Secrets Manager. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { startSecretsManager } from '../support/secrets-manager.ts';
import type { ServiceAddresses, ServiceCommand } from './services.ts';

const apiKey = 'key-of-the-benchmark';
const secretId = 'xpander/api-key';

let latencyMs = 0;
let reports = 0;

const secretsManager = await startSecretsManager({ secrets: { [secretId]: apiKey } });
const server = createServer({ keepAliveTimeout: 0, noDelay: true }, async (request, response) => {
  const report: { id: string; input: string } = JSON.parse(await text(request));
  if (latencyMs > 0) await setTimeout(latencyMs);
  if (request.headers['x-api-key'] !== apiKey || !request.url?.endsWith('/report_task')) {
    return void response.writeHead(403).end();
  }
  reports += 1;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(taskOf(report)));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const addresses: ServiceAddresses = {
    environment: {
      ...secretsManager.environment,
      XPANDER_BASE_URL: `http://127.0.0.1:${port}`,
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY_SECRET: secretId,
    },
  };
  parentPort?.postMessage(addresses);
});
parentPort?.on('message', (command: ServiceCommand) => {
  if (command.kind === 'set-latency') latencyMs = command.ms;
  parentPort?.postMessage(reports);
});

function taskOf({ id, input }: { id: string; input: string }): object {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    id,
    agent_id: 'agent-123',
    organization_id: 'org-1',
    status: 'completed',
    input: { text: input, files: [], user: null },
    created_at: at,
    finished_at: at,
  };
}

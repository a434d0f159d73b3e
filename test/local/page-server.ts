import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/local/server/app.ts';
import { createFaultInjector } from '../../src/local/server/faults.ts';
import { openPageFiles } from '../../src/local/server/page-files.ts';
import { createTaskEvents } from '../../src/local/server/task-events.ts';
import { openTaskStore } from '../../src/local/store/task-store.ts';
import { createRequestLog } from '../../src/local/testing/received-requests.ts';
import { temporaryFolder } from '../support/temporary-file.ts';

/** A local platform that serves the given files as its page. */
export interface PageServer {
  readonly url: string;
  /** The folder of the page's files. */
  readonly folder: string;
}

export async function startPageServer(
  files: Readonly<Record<string, string>>,
): Promise<PageServer> {
  const root = temporaryFolder();
  const folder = join(root, 'page');
  mkdirSync(join(folder, 'folder'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const store = openTaskStore(':memory:');
  const app = createApp({
    store,
    organizationId: 'local',
    checkKey: (key) => (key === undefined ? 'missing' : 'accepted'),
    takeRate: () => ({ kind: 'granted' }),
    page: { events: createTaskEvents(store.page.list), files: openPageFiles(folder) },
    faults: createFaultInjector(undefined),
    log: createRequestLog(1),
    bodyLimitBytes: 1000,
    loopbackOnly: true,
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    store.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address?.port}`, folder };
}

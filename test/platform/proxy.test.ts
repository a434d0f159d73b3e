/** Calls go by the proxy that the environment names. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Backend } from '../../src/index.ts';
import { startLocalPlatform } from '../../src/local/local-platform.ts';

test('a call goes through the proxy', async () => {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const { url, asked } = await startProxy(Number(new URL(platform.url).port));
  vi.stubEnv('HTTP_PROXY', url);
  vi.stubEnv('XPANDER_ALLOW_HTTP', 'true');
  const backend = new Backend({ baseUrl: 'http://host.docker.internal', apiKey: 'key' });

  const task = await backend.reportExternalTask({ agentId: 'agent-123', id: 'task-1' });

  expect(task.id).toBe('task-1');
  expect(asked).toEqual(['host.docker.internal:80']);
});

/** A proxy that leads to this port, whatever it is asked for. */
async function startProxy(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const tunnel = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(tunnel).pipe(socket);
    });
    tunnel.on('error', () => socket.destroy());
    socket.on('error', () => tunnel.destroy());
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';

/** What the first request of a connection is answered with; the others are left waiting: bytes, a pause of so many milliseconds, or the end. */
export type Step = string | number | 'close' | 'reset';

const servers = new Map<number, { received: string[]; sockets: Set<Socket> }>();

parentPort?.on('message', ({ steps, port }) => {
  if (steps) return serve(steps);
  const { received = [], sockets } = servers.get(port) ?? {};
  parentPort?.postMessage({ received, open: sockets?.size });
});

function serve(steps: readonly Step[]): void {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = received.push('') - 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let isAnswered = false;
    socket.setEncoding('latin1').on('data', (text: string) => {
      received[connection] += text;
      const request = received[connection] ?? '';
      const [, head = '', body = ''] = /^(.*?\r\n)\r\n(.*)$/s.exec(request) ?? [];
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      if (isAnswered || head === '' || body.length < length) return;
      isAnswered = true;
      void answer(socket, steps);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    servers.set(port, { received, sockets });
    parentPort?.postMessage(port);
  });
}

async function answer(socket: Socket, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (typeof step === 'number') await sleep(step);
    else if (step === 'close') socket.end();
    else if (step === 'reset') socket.resetAndDestroy();
    else socket.write(step, 'latin1');
  }
}

// Ten other internal extensions, as many as Lambda takes: to be loaded before the function.
import { Agent, request } from 'node:http';

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true });

for (let count = 0; count < 10; count += 1) {
  const registered = await call('POST', 'register', { 'lambda-extension-name': `other-${count}` });
  void follow(registered.headers['lambda-extension-identifier']);
}

async function follow(identifier) {
  for (;;) await call('GET', 'event/next', { 'lambda-extension-identifier': identifier });
}

function call(method, path, headers) {
  return new Promise((resolve, reject) => {
    const options = {
      hostname,
      port,
      agent,
      method,
      path: `/2020-01-01/extension/${path}`,
      headers,
    };
    const pending = request(options, (response) => {
      response.resume().on('end', () => resolve(response));
    });
    pending.on('error', reject);
    // Waiting for an event keeps no process alive.
    if (method === 'GET') pending.on('socket', (socket) => socket.unref());
    pending.end(method === 'POST' ? JSON.stringify({ events: ['INVOKE'] }) : undefined);
  });
}

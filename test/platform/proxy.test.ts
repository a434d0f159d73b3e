/** Calls go through the proxy of the environment. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Backend, ConnectionError } from '../../src/index.ts';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { proxyFor } from '../../src/platform/proxy.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
});

describe('a call', () => {
  test.each([
    ['with a scheme', (host: string) => `http://${host}`, undefined],
    ['without a scheme', (host: string) => host, undefined],
    ['with a trailing slash', (host: string) => `http://${host}/`, undefined],
    ['with credentials', (host: string) => `http://us%40er:p%3Aw@${host}`, 'us@er:p:w'],
    ['with credentials and no scheme', (host: string) => `user:pass@${host}`, 'user:pass'],
    ['with a user name only', (host: string) => `user@${host}`, 'user:'],
  ])('goes through a proxy %s', async (_, addressOf, credentials) => {
    const platform = await startLocalPlatform();
    onTestFinished(() => platform.close());
    const proxy = await startProxy(Number(new URL(platform.url).port));
    vi.stubEnv('HTTP_PROXY', addressOf(proxy.host));

    const task = await report('http://host.docker.internal');

    expect(task.id).toBe('task-1');
    expect(proxy.asked).toEqual([
      {
        path: 'host.docker.internal:80',
        authorization: credentials && `Basic ${Buffer.from(credentials).toString('base64')}`,
      },
    ]);
  });

  test.each(['127.0.0.0/8', '*'])('to a host of NO_PROXY (%s) uses no proxy', async (list) => {
    const platform = await startLocalPlatform();
    onTestFinished(() => platform.close());
    const proxy = await startProxy(Number(new URL(platform.url).port));
    vi.stubEnv('HTTP_PROXY', proxy.host);
    vi.stubEnv('no_proxy', list);

    // A form of 127.0.0.1 that does not count as loopback by itself, and that the platform refuses.
    const call = report(platform.url.replace('127.0.0.1', '[::ffff:127.0.0.1]'));

    await expect(call).rejects.toMatchObject({ statusCode: 403 });
    expect(proxy.asked).toEqual([]);
  });

  test('fails with a ConnectionError if the proxy is invalid', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://user:secret@proxy:port');

    const call = report('https://platform.invalid');

    await expect(call).rejects.toThrow(ConnectionError);
    await expect(call).rejects.toMatchObject({ code: 'ERR_PROXY_INVALID_CONFIG' });
    await expect(call).rejects.not.toThrow('secret');
  });
});

test.each([
  ['socks5://user:secret@proxy:1080', "the scheme 'socks5' is not supported"],
  ['http://user:secret@proxy:port', 'it is not a URL'],
  ['http://user:secret@proxy:99999', 'it is not a URL'],
  ['user:secret@', 'it is not a URL'],
  ['http://', 'it is not a URL'],
  ['pro xy', 'it is not a URL'],
  ['http://user:1/secret@proxy:3128', 'there is text after the host and the port'],
  ['proxy:3128?secret', 'there is text after the host and the port'],
  ['proxy:3128#secret', 'there is text after the host and the port'],
  ['http://user:%secret@proxy:3128', 'its user name or password is not percent-encoded'],
])(
  '%s is not a valid proxy, and the message shows only the name of the variable',
  (value, problem) => {
    const failing = () => proxyFor(new URL('https://inbound.xpander.ai'), { https_proxy: value });

    expect(failing).toThrow(`The variable https_proxy is not a valid proxy: ${problem}`);
    expect(failing).not.toThrow('secret');
  },
);

test.each([
  ['lower case takes precedence', { https_proxy: 'lower', HTTPS_PROXY: 'upper' }, 'http://lower'],
  [
    'an empty variable counts as not set',
    { https_proxy: ' ', HTTPS_PROXY: 'upper' },
    'http://upper',
  ],
  [
    'HTTP_PROXY is used if there is no HTTPS_PROXY',
    { HTTP_PROXY: 'plain:3128' },
    'http://plain:3128',
  ],
  ['the proxy can be an IPv6 address', { HTTPS_PROXY: '[fd00::1]:3128' }, 'http://[fd00::1]:3128'],
  ['the proxy can use TLS', { HTTPS_PROXY: 'https://proxy:443' }, 'https://proxy'],
  [
    'a host of NO_PROXY uses no proxy',
    { HTTPS_PROXY: 'proxy', NO_PROXY: '.xpander.ai' },
    undefined,
  ],
  [
    'a host of no_proxy uses no proxy',
    { HTTPS_PROXY: 'proxy', no_proxy: '.xpander.ai' },
    undefined,
  ],
  ['without variables there is no proxy', {}, undefined],
])('%s', (_, environment, uri) => {
  const proxy = proxyFor(new URL('https://inbound.xpander.ai'), environment);

  expect(proxy?.uri).toBe(uri);
});

test.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'])(
  '%s is reached without a proxy, even if the proxy is invalid',
  (url) => {
    expect(proxyFor(new URL(url), { HTTP_PROXY: 'pro xy' })).toBe(undefined);
  },
);

function report(baseUrl: string): ReturnType<Backend['reportExternalTask']> {
  const backend = new Backend({ baseUrl, apiKey: 'key', allowHttp: true });
  return backend.reportExternalTask({ agentId: 'agent-123', id: 'task-1' });
}

interface AskedProxy {
  readonly host: string;
  readonly asked: { path: string | undefined; authorization: string | undefined }[];
}

/** A proxy that connects every request to this port. */
async function startProxy(port: number): Promise<AskedProxy> {
  const asked: AskedProxy['asked'] = [];
  const server = createServer().on('connect', (request, socket) => {
    asked.push({ path: request.url, authorization: request.headers['proxy-authorization'] });
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
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

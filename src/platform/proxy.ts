/** Chooses the proxy of a request from the variables of the environment. */
import type { Environment } from '../config/environment.ts';
import { isLoopback } from '../config/platform-configuration.ts';
import { ConnectionError } from '../errors.ts';
import { isExempt } from './no-proxy.ts';

export interface Proxy {
  /** URL of the proxy, without credentials. */
  readonly uri: string;
  /** Value of the `proxy-authorization` header. */
  readonly authorization: string | undefined;
}

/**
 * @returns undefined for a direct connection
 * @throws ConnectionError if the variable contains no valid proxy URL; the message does not show the
 *   value, which may contain a password
 */
export function proxyFor(url: URL, environment: Environment): Proxy | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const variable = proxyVariable(url.protocol, environment);
  if (variable === undefined) return undefined;
  const exempt = firstSet(['no_proxy', 'NO_PROXY'], environment);
  if (exempt !== undefined && isExempt(url, exempt.value)) return undefined;
  return parseProxy(variable);
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

function proxyVariable(protocol: string, environment: Environment): Variable | undefined {
  const names = ['http_proxy', 'HTTP_PROXY'];
  if (protocol === 'https:') names.unshift('https_proxy', 'HTTPS_PROXY');
  return firstSet(names, environment);
}

function firstSet(names: readonly string[], environment: Environment): Variable | undefined {
  for (const name of names) {
    const value = environment[name]?.trim();
    if (value) return { name, value };
  }
  return undefined;
}

function parseProxy({ name, value }: Variable): Proxy {
  const [, scheme] = /^([a-z][a-z\d+.-]*):\/\//i.exec(value) ?? [];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    throw invalidProxy(name, `the scheme '${scheme}' is not supported, only http and https are`);
  }
  const address = scheme === undefined ? `http://${value}` : value;
  if (!URL.canParse(address)) throw invalidProxy(name, 'it is not a URL');
  const { protocol, host, pathname, search, hash, username, password } = new URL(address);
  // A path may be the rest of a password with a slash that is not percent-encoded.
  if (pathname !== '/' || search !== '' || hash !== '') {
    throw invalidProxy(name, 'there is text after the host and the port');
  }
  return { uri: `${protocol}//${host}`, authorization: credentials(name, username, password) };
}

function credentials(name: string, username: string, password: string): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(text).toString('base64')}`;
  } catch {
    throw invalidProxy(name, 'its user name or password is not percent-encoded');
  }
}

function invalidProxy(name: string, problem: string): ConnectionError {
  return new ConnectionError(
    `The variable ${name} is not a valid proxy: ${problem}. Set it to a URL such as http://proxy.example.com:3128, with special characters of a user name or password percent-encoded.`,
    { code: 'ERR_PROXY_INVALID_CONFIG' },
  );
}

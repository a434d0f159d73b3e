/** Connections through the proxies that the environment names; loaded only where it names one. */
import type { Agent, Dispatcher as AnyDispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import { proxyFor } from './proxy.ts';

// What undici's own entry does for all of its methods. The agent asks its proxy by this one.
Dispatcher.prototype.connect = connect;

const agents = new Map<string, AnyDispatcher>();

/**
 * The connections for a request, kept for later ones.
 *
 * @returns undefined for a direct connection
 * @throws ConnectionError when the variable for this request holds no usable address
 */
export function proxyAgentFor(url: URL, options: Agent.Options): AnyDispatcher | undefined {
  const proxy = proxyFor(url, process.env);
  if (proxy === undefined) return undefined;
  const { uri, authorization: token } = proxy;
  const key = JSON.stringify(proxy);
  const agent = agents.get(key) ?? new ProxyAgent({ ...options, uri, ...(token && { token }) });
  agents.set(key, agent);
  return agent;
}

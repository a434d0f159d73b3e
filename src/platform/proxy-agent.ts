/** Connections through the proxies of the environment; loaded only if it sets one. */
import type { Agent, Dispatcher as AnyDispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import { proxyFor } from './proxy.ts';

// The entry of undici, which is not loaded, adds this method. ProxyAgent needs it.
Dispatcher.prototype.connect = connect;

const agents = new Map<string, AnyDispatcher>();

/**
 * The agent for a request, kept for later requests.
 *
 * @returns undefined for a direct connection
 * @throws ConnectionError if the variable for this request contains no valid proxy URL
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

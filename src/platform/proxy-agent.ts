/** Connections by way of the proxies that the environment names; loaded only where it names one. */
import type { Dispatcher as AnyDispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

// What undici's own entry does for all of its methods. The agent asks its proxy by this one.
Dispatcher.prototype.connect = connect;

export function createProxyAgent(
  options: ConstructorParameters<typeof EnvHttpProxyAgent>[0],
): AnyDispatcher {
  return new EnvHttpProxyAgent(options);
}

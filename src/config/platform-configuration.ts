import { createLog, warnOnce } from '../base/log.ts';
import { ConfigurationError } from '../errors.ts';
import { aBoolean, anInteger, anyString, aString, type Check, checkFields } from './checks.ts';
import { type Environment, readBoolean, readVariable } from './environment.ts';
import { readLogLevel } from './log-level.ts';

/** How to reach the platform. Fields that are not set come from the environment. */
export interface Configuration {
  /**
   * The API key, sent in the `x-api-key` header.
   *
   * @default the variable `XPANDER_API_KEY`
   */
  readonly apiKey?: string | undefined;
  /**
   * URL of the platform. `https://` is added to a value without a scheme. Plain http is allowed only
   * for loopback addresses, see `allowHttp`.
   *
   * @default the variable `XPANDER_BASE_URL`, else `https://inbound.xpander.ai`
   */
  readonly baseUrl?: string | undefined;
  /**
   * The organization, required for an agent controller: it is a part of its path. Unused otherwise.
   *
   * @default the variable `XPANDER_ORGANIZATION_ID`
   */
  readonly organizationId?: string | undefined;
  /**
   * Timeout of one request including its response, in milliseconds.
   *
   * @default 10000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Allows plain http to other machines, which sends the API key unencrypted.
   *
   * @default the variable `XPANDER_ALLOW_HTTP`, else `false`
   */
  readonly allowHttp?: boolean | undefined;
}

/** A resolved and valid configuration. */
export interface Connection {
  /** Base URL of all requests, without a trailing slash; contains the organization if required. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly timeoutMs: number;
}

const checks: Readonly<Record<keyof Configuration, Check>> = {
  apiKey: aString,
  baseUrl: aString,
  organizationId: anyString,
  timeoutMs: anInteger(1, 2_147_483_647),
  allowHttp: aBoolean,
};

/**
 * Completes a configuration from the environment and checks it.
 *
 * @throws ConfigurationError if a value is invalid
 */
export function resolveConfiguration(
  configuration: Configuration = {},
  environment: Environment = process.env,
): Connection {
  checkFields('configuration', configuration, checks, ['apiKey']);
  const apiKey = configuration.apiKey ?? readVariable(environment, 'apiKey');
  if (apiKey !== undefined && !isHeaderValue(apiKey)) {
    throw new ConfigurationError(
      'The API key contains characters that are not allowed in an HTTP header. Copy it again, without line breaks or quotes.',
    );
  }
  return {
    apiKey,
    timeoutMs: configuration.timeoutMs ?? 10_000,
    baseUrl: resolveBaseUrl(configuration, environment, (message) =>
      warnOnce(createLog(readLogLevel(environment) ?? 'warn'), message),
    ),
  };
}

/** What decides where requests go. */
type Address = Pick<Configuration, 'baseUrl' | 'organizationId' | 'allowHttp'>;

/**
 * The base URL of all requests; contains the organization if required.
 *
 * The base URL of all requests; contains the organization if required.
 *
 * @param warn - called with a sentence about a variable that is not a boolean
 * @throws ConfigurationError if a value is invalid
 */
export function resolveBaseUrl(
  configuration: Address,
  environment: Environment,
  warn?: (message: string) => void,
): string {
  return baseUrlOf(
    configuration.baseUrl ?? readVariable(environment, 'baseUrl') ?? defaultHost(environment, warn),
    configuration.organizationId ?? readVariable(environment, 'organizationId'),
    configuration.allowHttp ?? readBoolean(environment, 'allowHttp', warn) ?? false,
  );
}

function defaultHost(environment: Environment, warn?: (message: string) => void): string {
  return readBoolean(environment, 'staging', warn)
    ? 'inbound.stg.xpander.ai'
    : 'inbound.xpander.ai';
}

function baseUrlOf(given: string, organizationId: string | undefined, allowHttp: boolean): string {
  const url = parseUrl(given.trim());
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    throw new ConfigurationError(
      `The base URL '${url.origin}' would send the API key unencrypted. Use https://, or set XPANDER_ALLOW_HTTP=true if that network is safe.`,
    );
  }
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (!isAgentController(url)) return base;
  if (!organizationId) {
    throw new ConfigurationError(
      `The base URL '${base}' is an agent controller, which needs the organization in its path. Set organizationId or XPANDER_ORGANIZATION_ID.`,
    );
  }
  return `${base}/${encodeURIComponent(organizationId)}`;
}

function parseUrl(given: string): URL {
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? given : `https://${given}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  // Credentials in a URL are secret, so the message does not show it.
  if (url?.username || url?.password) {
    throw new ConfigurationError(
      'The base URL must not contain a user name or password. Set the API key with apiKey or XPANDER_API_KEY.',
    );
  }
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash) {
    throw new ConfigurationError(
      `The base URL '${given}' is not valid. Use a host or an https:// URL without a query, for instance https://inbound.xpander.ai.`,
    );
  }
  return url;
}

/** Whether a host name always refers to this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

// Compares the port exactly: another port may contain these digits.
function isAgentController(url: URL): boolean {
  return url.href.includes('agent-controller') || url.port === '9016';
}

/** Whether a text is allowed as the value of an HTTP header. */
export function isHeaderValue(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

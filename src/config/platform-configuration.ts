import { createLog, warnOnce } from '../base/log.ts';
import { ConfigurationError } from '../errors.ts';
import { aBoolean, anInteger, anyString, aString, type Check, checkFields } from './checks.ts';
import { type Environment, readBoolean, readVariable } from './environment.ts';
import { readLogLevel } from './log-level.ts';

/** How to reach the platform. What is not given comes from the environment. */
export interface Configuration {
  /**
   * The key that goes into the `x-api-key` header.
   *
   * @default the variable `XPANDER_API_KEY`
   */
  readonly apiKey?: string | undefined;
  /**
   * Where the platform is; a value without a scheme gets `https://`. Plain http is refused off
   * this machine.
   *
   * @default the variable `XPANDER_BASE_URL`, else `https://inbound.xpander.ai`
   */
  readonly baseUrl?: string | undefined;
  /**
   * Goes into the path of requests to an agent controller, and nowhere else.
   *
   * @default the variable `XPANDER_ORGANIZATION_ID`
   */
  readonly organizationId?: string | undefined;
  /**
   * Time for one request, from the first byte sent to the last one received, in milliseconds.
   *
   * @default 10000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Lets plain http leave this machine. The API key is then readable on the way.
   *
   * @default the variable `XPANDER_ALLOW_HTTP`, else `false`
   */
  readonly allowHttp?: boolean | undefined;
}

/** A configuration that has been read and checked. */
export interface Connection {
  /** Base of every request: no trailing slash, the organization in it where it belongs. */
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
 * Fills a configuration from the environment and checks it.
 *
 * @throws ConfigurationError when a value is not usable
 */
export function resolveConfiguration(
  configuration: Configuration = {},
  environment: Environment = process.env,
): Connection {
  checkFields('configuration', configuration, checks, ['apiKey']);
  const apiKey = configuration.apiKey ?? readVariable(environment, 'apiKey');
  if (apiKey !== undefined && !isHeaderValue(apiKey)) {
    throw new ConfigurationError(
      'The API key holds characters that no HTTP header can carry. Copy it again, without line breaks or quotes.',
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
 * The base of every request, the organization in it where it belongs.
 *
 * @param warn - called with a sentence about a variable that is not a boolean
 * @throws ConfigurationError when it is not usable
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
  // A URL with credentials is not shown: they are as secret as the key.
  if (url?.username || url?.password) {
    throw new ConfigurationError(
      'The base URL must not contain a user name or password. The API key goes into apiKey or XPANDER_API_KEY.',
    );
  }
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash) {
    throw new ConfigurationError(
      `The base URL '${given}' is not usable. Give a host or an https:// address without query, for instance https://inbound.xpander.ai.`,
    );
  }
  return url;
}

/** Whether a host name can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

// Any other port than 9016 is not a controller's: a free port may well contain these digits.
function isAgentController(url: URL): boolean {
  return url.href.includes('agent-controller') || url.port === '9016';
}

/** Whether a key can stand in a header. */
export function isHeaderValue(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

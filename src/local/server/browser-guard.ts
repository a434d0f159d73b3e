import type { Context, MiddlewareHandler } from 'hono';

// Names by which containers reach the machine that they run on.
const containerHostNames = ['host.docker.internal', 'host.containers.internal'];

/** Whether a host name or address means this machine only. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

/**
 * Refuses what a web page elsewhere could make a browser send here: requests from other origins,
 * known by Origin and Sec-Fetch-Site, and, on loopback, names that were pointed at 127.0.0.1 (DNS
 * rebinding). A link to the page may be followed.
 */
export function guardAgainstBrowsers(options: {
  readonly loopbackOnly: boolean;
}): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    const origin = context.req.header('origin');
    if (options.loopbackOnly && !isLocalName(hostName(host))) {
      return context.json({ detail: 'Host is not a name of this machine' }, 403);
    }
    const isForeign = origin !== undefined && origin !== `http://${host}`;
    if (isForeign || (isFromOtherOrigin(context) && !followsLink(context))) {
      return context.json({ detail: 'Cross-site requests are refused' }, 403);
    }
    return next();
  };
}

/** Another port of this machine is another origin, though of the same site. */
function isFromOtherOrigin({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function followsLink({ req }: Context): boolean {
  return (
    (req.method === 'GET' || req.method === 'HEAD') &&
    req.header('sec-fetch-mode') === 'navigate' &&
    req.header('sec-fetch-dest') === 'document' &&
    !req.path.startsWith('/page/')
  );
}

function isLocalName(name: string): boolean {
  return isLoopback(name) || containerHostNames.includes(name);
}

function hostName(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

import type { Context, MiddlewareHandler } from 'hono';

// Host names that containers use for their host.
const containerHostNames = ['host.docker.internal', 'host.containers.internal'];

/** Whether a host name or address is loopback. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

/**
 * Rejects requests that another web page can make a browser send: cross-origin requests, detected by
 * Origin and Sec-Fetch-Site, and, on loopback, host names that resolve to 127.0.0.1 (DNS rebinding).
 * Following a link to the page is allowed.
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
    const isForeignOrigin = origin !== undefined && origin !== `http://${host}`;
    if (isForeignOrigin || (isCrossOrigin(context) && !isLinkNavigation(context))) {
      return context.json({ detail: 'Cross-site requests are refused' }, 403);
    }
    return next();
  };
}

/** Other ports of the same machine are cross-origin, although same-site. */
function isCrossOrigin({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function isLinkNavigation({ req }: Context): boolean {
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

import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { every } from 'hono/combine';
import { HTTPException } from 'hono/http-exception';
import type { RequestLog } from '../testing/received-requests.ts';
import { type ApiDependencies, createApi, type LocalEnv } from './api.ts';
import type { KeyCheck } from './api-keys.ts';
import { guardAgainstBrowsers } from './browser-guard.ts';
import type { FaultInjector } from './faults.ts';
import { createPageRoutes, type PageDependencies } from './page-routes.ts';
import { readRequestBody } from './request-body.ts';
import { safeHeaders } from './safe-headers.ts';

export interface AppDependencies extends ApiDependencies {
  /** Undefined to serve only the API. */
  readonly page?: Omit<PageDependencies, 'reader'>;
  readonly faults: FaultInjector;
  readonly log: RequestLog;
  readonly bodyLimitBytes: number;
  /** Whether the server listens on loopback only. */
  readonly loopbackOnly: boolean;
}

/** Combines the API and the page with security headers, request log and faults. */
export function createApp(dependencies: AppDependencies): Hono<LocalEnv> {
  const { store, checkKey, page, faults, log, bodyLimitBytes, loopbackOnly } = dependencies;
  const guard = guardAgainstBrowsers({ loopbackOnly });
  const pageAccess = loopbackOnly ? allowAll : requireBasicAuth(checkKey);
  const app = new Hono<LocalEnv>();

  app.use(async (context, next) => {
    await next();
    if (context.res === RESPONSE_ALREADY_SENT) return;
    for (const [name, value] of Object.entries(safeHeaders)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  if (page !== undefined) {
    const pageDependencies = { ...page, reader: store.page };
    app.route('/', createPageRoutes(pageDependencies, every(guard, pageAccess)));
  }

  app.use(async (context, next) => {
    const { incoming } = context.env;
    const addBody = log.add(incoming);
    const body = await readRequestBody(incoming, bodyLimitBytes);
    if (body.kind === 'too large') {
      return context.json({ detail: `The body is larger than ${bodyLimitBytes} bytes` }, 413);
    }
    const text = body.kind === 'text' ? body.text : '';
    addBody(text);
    context.set('body', text);
    return next();
  });
  app.use(guard);
  app.use(faults.middleware);
  const api = createApi(dependencies);
  app.route('/', api);
  // Clients prefix the organization if their base URL contains "agent-controller" or "9016".
  app.route('/:organizationId', api);

  app.notFound((context) => context.json({ detail: 'Not Found' }, 404));
  app.onError((error, context) =>
    error instanceof HTTPException
      ? error.getResponse()
      : context.json({ detail: errorDetail(error) }, 500),
  );
  return app;
}

const allowAll: MiddlewareHandler = (_context, next) => next();

/** Accepts an API key as the password of basic authentication. */
function requireBasicAuth(checkKey: KeyCheck): MiddlewareHandler {
  return basicAuth({ verifyUser: (_name, key) => checkKey(key) === 'accepted' });
}

// SQLite errors describe problems that users can fix, such as a full disk. Other messages may quote
// a payload.
function errorDetail(error: Error): string {
  return 'code' in error && error.code === 'ERR_SQLITE_ERROR'
    ? `The task database failed: ${error.message}`
    : 'Internal Server Error';
}

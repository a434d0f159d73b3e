import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { every } from 'hono/combine';
import { HTTPException } from 'hono/http-exception';
import type { RequestLog } from '../testing/received-requests.ts';
import { type ApiParts, createApi, type LocalEnv } from './api.ts';
import type { KeyCheck } from './api-keys.ts';
import { guardAgainstBrowsers } from './browser-guard.ts';
import type { FaultSwitch } from './faults.ts';
import { createPageRoutes, type PageParts } from './page-routes.ts';
import { readRequestBody } from './request-body.ts';
import { safeHeaders } from './safe-headers.ts';

/** What the server is made of. */
export interface AppParts extends ApiParts {
  /** Left out: the API alone. */
  readonly page?: Omit<PageParts, 'reader'>;
  readonly faults: FaultSwitch;
  readonly log: RequestLog;
  readonly bodyLimitBytes: number;
  /** Whether only this machine can reach the server. */
  readonly loopbackOnly: boolean;
}

/** The API and the page, behind what each request passes first. */
export function createApp(parts: AppParts): Hono<LocalEnv> {
  const { store, checkKey, page, faults, log, bodyLimitBytes, loopbackOnly } = parts;
  const guard = guardAgainstBrowsers({ loopbackOnly });
  const admitToPage = loopbackOnly ? passOn : askForKey(checkKey);
  const app = new Hono<LocalEnv>();

  app.use(async (context, next) => {
    await next();
    if (context.res === RESPONSE_ALREADY_SENT) return;
    for (const [name, value] of Object.entries(safeHeaders)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  if (page !== undefined) {
    const pageParts = { ...page, reader: store.page };
    app.route('/', createPageRoutes(pageParts, every(guard, admitToPage)));
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
  const api = createApi(parts);
  app.route('/', api);
  // Clients put the organization first when their base URL contains "agent-controller" or "9016".
  app.route('/:organizationId', api);

  app.notFound((context) => context.json({ detail: 'Not Found' }, 404));
  app.onError((error, context) =>
    error instanceof HTTPException
      ? error.getResponse()
      : context.json({ detail: describeFailure(error) }, 500),
  );
  return app;
}

const passOn: MiddlewareHandler = (_context, next) => next();

/** Browsers ask for a password, which is compared as the API key. */
function askForKey(checkKey: KeyCheck): MiddlewareHandler {
  return basicAuth({ verifyUser: (_name, key) => checkKey(key) === 'accepted' });
}

// SQLite says what the user can mend, such as a full disk; other messages might quote a payload.
function describeFailure(error: Error): string {
  return 'code' in error && error.code === 'ERR_SQLITE_ERROR'
    ? `The task database failed: ${error.message}`
    : 'Internal Server Error';
}

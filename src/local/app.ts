import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { HTTPException } from 'hono/http-exception';
import { type ApiParts, createApi, type LocalEnv } from './api.ts';
import { guardAgainstBrowsers } from './browser-guard.ts';
import type { FaultSwitch } from './faults.ts';
import type { RequestLog } from './received-requests.ts';
import { readRequestBody } from './request-body.ts';
import { renderTaskPage } from './task-page.ts';

/** What the server is made of. */
export interface AppParts extends ApiParts {
  readonly faults: FaultSwitch;
  readonly log: RequestLog;
  readonly bodyLimitBytes: number;
  /** Whether only this machine can reach the server. */
  readonly loopbackOnly: boolean;
}

const tasksOnPage = 100;

/** The API and the page, behind what each request passes first. */
export function createApp(parts: AppParts): Hono<LocalEnv> {
  const { store, checkKey, faults, log, bodyLimitBytes, loopbackOnly } = parts;
  const app = new Hono<LocalEnv>();

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
  app.use(guardAgainstBrowsers({ loopbackOnly }));
  app.use(faults.middleware);

  if (!loopbackOnly) {
    // Browsers ask for a password, which is compared as the API key.
    app.use('/', basicAuth({ verifyUser: (_name, key) => checkKey(key) === 'accepted' }));
  }
  app.get('/', (context) => {
    const page = renderTaskPage(store.newestTasks(tasksOnPage));
    return context.html(page.html, 200, page.headers);
  });

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

// SQLite says what the user can mend, such as a full disk; other messages might quote a payload.
function describeFailure(error: Error): string {
  return 'code' in error && error.code === 'ERR_SQLITE_ERROR'
    ? `The task database failed: ${error.message}`
    : 'Internal Server Error';
}

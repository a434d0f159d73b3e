import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { PageReader } from '../store/task-store.ts';
import type { Parsed } from '../wire/report-schemas.ts';
import type { LocalEnv } from './api.ts';
import type { PageFile, PageFiles } from './page-files.ts';
import { parseMetricsQuery, parseTaskKey, parseTaskQuery } from './page-queries.ts';
import { safeHeaders } from './safe-headers.ts';
import type { TaskEvents } from './task-events.ts';

export interface PageDependencies {
  readonly reader: PageReader;
  readonly events: TaskEvents;
  readonly files: PageFiles;
}

/**
 * Serves the page and its data.
 *
 * @param checkAccess - applied per route because `/page/agents/list` is an API request for the
 *   organization "page"
 */
export function createPageRoutes(
  { reader, events, files }: PageDependencies,
  checkAccess: MiddlewareHandler,
): Hono<LocalEnv> {
  const page = new Hono<LocalEnv>();

  page.get('/page/tasks', checkAccess, async (context) =>
    respond(context, parseTaskQuery(context.req.query()), (query) =>
      reader.list.page(query, context.req.raw.signal),
    ),
  );
  page.get('/page/task', checkAccess, (context) =>
    respond(context, parseTaskKey(context.req.query()), ({ agent, id }) =>
      reader.detail(agent, id),
    ),
  );
  page.get('/page/filters', checkAccess, (context) => context.json(reader.filters()));
  page.get('/page/metrics', checkAccess, (context) =>
    respond(context, parseMetricsQuery(context.req.query(), Date.now()), reader.metrics),
  );
  page.get('/page/events', checkAccess, (context) => {
    if (context.req.method === 'HEAD') return context.body(null);
    const lastEventId = context.req.header('last-event-id') ?? '';
    events.stream(context.env.outgoing, { ...safeHeaders }, lastEventId);
    return RESPONSE_ALREADY_SENT;
  });
  page.get('/page/assets/:file', checkAccess, (context) => {
    const file = files()?.get(context.req.param('file'));
    return file === undefined ? context.json({ detail: 'Not Found' }, 404) : send(context, file);
  });

  const showPage = (context: Context<LocalEnv>): Response => {
    const file = files()?.get('index.html');
    return file === undefined ? context.html(notBuilt) : send(context, file);
  };
  page.get('/', checkAccess, showPage);
  page.get('/metrics', checkAccess, showPage);
  page.get('/tasks/:agentId/:id', checkAccess, (context, next) =>
    isApiRequest(context) ? next() : showPage(context),
  );
  return page;
}

/** Whether `/tasks/agents/…` is an API request for the organization "tasks". */
function isApiRequest(context: Context<LocalEnv>): boolean {
  const { agentId } = context.req.param();
  const acceptsHtml = context.req.header('accept')?.includes('text/html') === true;
  return agentId === 'agents' && !acceptsHtml;
}

async function respond<T>(
  context: Context<LocalEnv>,
  query: Parsed<T>,
  find: (query: T) => unknown,
): Promise<Response> {
  if (query.kind === 'rejected') return context.json({ detail: query.detail }, 422);
  const found = await find(query.value);
  return found === undefined
    ? context.json({ detail: 'Task not found' }, 404)
    : context.json(found);
}

function send(context: Context<LocalEnv>, { content, type, etag }: PageFile): Response {
  // File names do not change between versions of the package, so the browser must revalidate.
  const headers = { etag, 'cache-control': 'no-cache' };
  const cachedTags = context.req.header('if-none-match')?.split(/\s*,\s*/) ?? [];
  return cachedTags.some((tag) => tag.replace(/^W\//, '') === etag)
    ? context.body(null, 304, headers)
    : context.body(content, 200, { ...headers, 'content-type': type });
}

const notBuilt = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Not built</title></head>
<body>
<h1>The page has not been built</h1>
<p>Run <code>npm run build</code> in the folder of xpander-lambda, then load this page again.</p>
<p>The API accepts reports without it.</p>
</body>
</html>
`;

import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { PageReader } from '../store/task-store.ts';
import type { Parsed } from '../wire/report-schemas.ts';
import type { LocalEnv } from './api.ts';
import type { LiveTasks } from './live-tasks.ts';
import type { PageFile, PageFiles } from './page-files.ts';
import { parseMetricsQuery, parseTaskKey, parseTaskQuery } from './page-queries.ts';
import { safeHeaders } from './safe-headers.ts';

/** What the page is made of. */
export interface PageParts {
  readonly reader: PageReader;
  readonly live: LiveTasks;
  readonly files: PageFiles;
}

/**
 * The page and what it asks for.
 *
 * @param admit - what each request has to pass; per route, because `/page/agents/list` is a call
 *   for an organization called "page"
 */
export function createPageRoutes(
  { reader, live, files }: PageParts,
  admit: MiddlewareHandler,
): Hono<LocalEnv> {
  const page = new Hono<LocalEnv>();

  page.get('/page/tasks', admit, async (context) =>
    answer(context, parseTaskQuery(context.req.query()), (query) =>
      reader.list.page(query, context.req.raw.signal),
    ),
  );
  page.get('/page/task', admit, (context) =>
    answer(context, parseTaskKey(context.req.query()), ({ agent, id }) => reader.detail(agent, id)),
  );
  page.get('/page/filters', admit, (context) => context.json(reader.filters()));
  page.get('/page/metrics', admit, (context) =>
    answer(context, parseMetricsQuery(context.req.query(), Date.now()), reader.metrics),
  );
  page.get('/page/events', admit, (context) => {
    if (context.req.method === 'HEAD') return context.body(null);
    const lastEventId = context.req.header('last-event-id') ?? '';
    live.stream(context.env.outgoing, { ...safeHeaders }, lastEventId);
    return RESPONSE_ALREADY_SENT;
  });
  page.get('/page/assets/:file', admit, (context) => {
    const file = files()?.get(context.req.param('file'));
    return file === undefined ? context.json({ detail: 'Not Found' }, 404) : send(context, file);
  });

  const showPage = (context: Context<LocalEnv>): Response => {
    const file = files()?.get('index.html');
    return file === undefined ? context.html(notBuilt) : send(context, file);
  };
  page.get('/', admit, showPage);
  page.get('/metrics', admit, showPage);
  page.get('/tasks/:agentId/:id', admit, (context, next) =>
    isCallOfApi(context) ? next() : showPage(context),
  );
  return page;
}

/** Whether `/tasks/agents/…` asks for the agents of an organization called "tasks". */
function isCallOfApi(context: Context<LocalEnv>): boolean {
  const { agentId } = context.req.param();
  const isForBrowser = context.req.header('accept')?.includes('text/html') === true;
  return agentId === 'agents' && !isForBrowser;
}

async function answer<T>(
  context: Context<LocalEnv>,
  query: Parsed<T>,
  find: (query: T) => unknown,
): Promise<Response> {
  if (query.kind === 'refused') return context.json({ detail: query.detail }, 422);
  const found = await find(query.value);
  return found === undefined
    ? context.json({ detail: 'Task not found' }, 404)
    : context.json(found);
}

function send(context: Context<LocalEnv>, { content, type, etag }: PageFile): Response {
  // Names stay the same over versions of the package, so the browser asks each time.
  const headers = { etag, 'cache-control': 'no-cache' };
  const known = context.req.header('if-none-match')?.split(/\s*,\s*/) ?? [];
  return known.some((one) => one.replace(/^W\//, '') === etag)
    ? context.body(null, 304, headers)
    : context.body(content, 200, { ...headers, 'content-type': type });
}

const notBuilt = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Not built</title></head>
<body>
<h1>The page has not been built</h1>
<p>Run <code>npm run build</code> in the folder of xpander-lambda, then load this page again.</p>
<p>Reports are taken all the same.</p>
</body>
</html>
`;

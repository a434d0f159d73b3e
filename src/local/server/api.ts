import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { maskRequest } from '../store/stored-request.ts';
import type { SavedTask, TaskStore } from '../store/task-store.ts';
import { parseHistoryQuery, parseReport } from '../wire/report-schemas.ts';
import type { KeyCheck } from './api-keys.ts';
import { toWireAgent, toWireTask, toWireTaskListItem } from './api-responses.ts';
import type { RateDecision } from './rate-limit.ts';

/** What the requests of the local platform carry with them. */
export interface LocalEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The body as text, empty when there is none. */
    body: string;
  };
}

/** What the API is made of. */
export interface ApiParts {
  readonly store: TaskStore;
  readonly organizationId: string;
  readonly checkKey: KeyCheck;
  readonly takeRate: () => RateDecision;
  /** Hears of each report once it is stored. */
  readonly onSaved?: (saved: SavedTask) => void;
  /** Hears of reports that were refused. */
  readonly onRefused?: (agentId: string, statusCode: number) => void;
}

/** The calls of xpander.ai that a client of external tasks makes. */
export function createApi(parts: ApiParts): Hono<LocalEnv> {
  const { store, organizationId, checkKey, takeRate } = parts;
  const admitted = admit(checkKey, takeRate);
  const noteRefusal: MiddlewareHandler<LocalEnv, '/:agentId'> = async (context, next) => {
    await next();
    if (!context.res.ok) parts.onRefused?.(context.req.param('agentId'), context.res.status);
  };
  const api = new Hono<LocalEnv>();

  api
    .post('/agent-execution/:agentId/report_task', noteRefusal, admitted, (context) => {
      const report = parseReport(context.get('body'), context.req.header('content-type'));
      if (report.kind === 'refused') {
        return context.json({ detail: report.detail }, 422);
      }
      const request = maskRequest(context.env.incoming);
      const saved = store.save(context.req.param('agentId'), report.value, request);
      parts.onSaved?.(saved);
      return context.json(toWireTask(saved.task, organizationId));
    })
    .all(allowOnly('POST'));

  api
    .get('/agent-execution/:taskId/status', admitted, (context) => {
      const task = store.findTask(context.req.param('taskId'));
      return task === undefined
        ? context.json({ detail: 'Task not found' }, 404)
        : context.json(toWireTask(task, organizationId));
    })
    .all(allowOnly('GET'));

  api
    .get('/agent-execution/executions/history/:agentId', admitted, (context) => {
      const filters = parseHistoryQuery(context.req.query());
      if (filters.kind === 'refused') {
        return context.json({ detail: filters.detail }, 422);
      }
      const tasks = filters.value.matchesNothing
        ? []
        : store.tasksOfAgent(context.req.param('agentId'), filters.value.status);
      return context.json(tasks.map((task) => toWireTaskListItem(task, organizationId)));
    })
    .all(allowOnly('GET'));

  // Before the call for one agent: an agent called "list" can be reported to, but not read.
  api
    .get('/agents/list', admitted, (context) =>
      context.json(store.agents().map((agent) => toWireAgent(agent, organizationId))),
    )
    .all(allowOnly('GET'));

  api
    .get('/agents/:agentId', admitted, (context) => {
      const agent = store.findAgent(context.req.param('agentId'));
      return agent === undefined
        ? context.json({ detail: 'Agent not found' }, 404)
        : context.json(toWireAgent(agent, organizationId));
    })
    .all(allowOnly('GET'));

  return api;
}

function admit(checkKey: KeyCheck, takeRate: () => RateDecision): MiddlewareHandler<LocalEnv> {
  return async (context, next) => {
    switch (checkKey(context.req.header('x-api-key'))) {
      case 'missing':
        return context.json({ detail: 'The header x-api-key is missing' }, 401);
      case 'wrong':
        return context.json({ detail: 'The API key is not accepted' }, 403);
      case 'accepted':
    }
    const rate = takeRate();
    if (rate.kind === 'refused') {
      const headers = { 'retry-after': String(rate.retryAfterSeconds) };
      return context.json({ detail: 'Rate limit exceeded' }, 429, headers);
    }
    return next();
  };
}

function allowOnly(method: 'GET' | 'POST'): (context: Context<LocalEnv>) => Response {
  return (context) => context.json({ detail: 'Method Not Allowed' }, 405, { allow: method });
}

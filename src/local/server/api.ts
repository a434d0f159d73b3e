import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { redactRequest } from '../store/stored-request.ts';
import type { SavedTask, TaskStore } from '../store/task-store.ts';
import { parseHistoryQuery, parseReport } from '../wire/report-schemas.ts';
import type { KeyCheck } from './api-keys.ts';
import { toWireAgent, toWireTask, toWireTaskListItem } from './api-responses.ts';
import type { RateDecision } from './rate-limit.ts';

/** The Hono environment of the local platform. */
export interface LocalEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The request body, empty if there is none. */
    body: string;
  };
}

export interface ApiDependencies {
  readonly store: TaskStore;
  readonly organizationId: string;
  readonly checkKey: KeyCheck;
  readonly takeRate: () => RateDecision;
  /** Called for each stored report. */
  readonly onSaved?: (saved: SavedTask) => void;
  /** Called for each rejected report. */
  readonly onRejected?: (agentId: string, statusCode: number) => void;
}

/** The subset of the xpander.ai API that reports and reads external tasks. */
export function createApi(dependencies: ApiDependencies): Hono<LocalEnv> {
  const { store, organizationId, checkKey, takeRate } = dependencies;
  const requireAccess = createAccessCheck(checkKey, takeRate);
  const notifyRejection: MiddlewareHandler<LocalEnv, '/:agentId'> = async (context, next) => {
    await next();
    if (!context.res.ok) {
      dependencies.onRejected?.(context.req.param('agentId'), context.res.status);
    }
  };
  const api = new Hono<LocalEnv>();

  api
    .post('/agent-execution/:agentId/report_task', notifyRejection, requireAccess, (context) => {
      const report = parseReport(context.get('body'), context.req.header('content-type'));
      if (report.kind === 'rejected') {
        return context.json({ detail: report.detail }, 422);
      }
      const request = redactRequest(context.env.incoming);
      const saved = store.save(context.req.param('agentId'), report.value, request);
      dependencies.onSaved?.(saved);
      return context.json(toWireTask(saved.task, organizationId));
    })
    .all(allowOnly('POST'));

  api
    .get('/agent-execution/:taskId/status', requireAccess, (context) => {
      const task = store.findTask(context.req.param('taskId'));
      return task === undefined
        ? context.json({ detail: 'Task not found' }, 404)
        : context.json(toWireTask(task, organizationId));
    })
    .all(allowOnly('GET'));

  api
    .get('/agent-execution/executions/history/:agentId', requireAccess, (context) => {
      const filters = parseHistoryQuery(context.req.query());
      if (filters.kind === 'rejected') {
        return context.json({ detail: filters.detail }, 422);
      }
      const tasks = filters.value.matchesNothing
        ? []
        : store.tasksOfAgent(context.req.param('agentId'), filters.value.status);
      return context.json(tasks.map((task) => toWireTaskListItem(task, organizationId)));
    })
    .all(allowOnly('GET'));

  // Registered before /agents/:agentId, so an agent with the id "list" cannot be read.
  api
    .get('/agents/list', requireAccess, (context) =>
      context.json(store.agents().map((agent) => toWireAgent(agent, organizationId))),
    )
    .all(allowOnly('GET'));

  api
    .get('/agents/:agentId', requireAccess, (context) => {
      const agent = store.findAgent(context.req.param('agentId'));
      return agent === undefined
        ? context.json({ detail: 'Agent not found' }, 404)
        : context.json(toWireAgent(agent, organizationId));
    })
    .all(allowOnly('GET'));

  return api;
}

/** Requires a valid API key and applies the rate limit. */
function createAccessCheck(
  checkKey: KeyCheck,
  takeRate: () => RateDecision,
): MiddlewareHandler<LocalEnv> {
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

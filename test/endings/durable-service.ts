/** The service of durable executions as far as waiting goes: checkpoints in, operations out. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface DurableService extends AsyncDisposable {
  /** Point the SDK of a function at this service. */
  readonly environment: Readonly<Record<string, string>>;
  readonly start: (input: unknown) => DurableExecution;
}

export interface DurableExecution {
  /** What the function is invoked with next; all that the execution waited for has happened. */
  readonly nextEvent: () => object;
}

interface Operation {
  readonly Id: string;
  readonly Type: string;
  readonly Status: string;
  readonly [field: string]: unknown;
}

interface Update {
  readonly Id: string;
  readonly Type: string;
  readonly SubType?: string;
  readonly Action: string;
  readonly Name?: string;
  readonly Payload?: string;
}

const statuses: Readonly<Record<string, string>> = {
  START: 'STARTED',
  SUCCEED: 'SUCCEEDED',
  FAIL: 'FAILED',
};
const route = /^\/2025-12-01\/durable-executions\/([^/]+)\/checkpoint$/;

export async function startDurableService(): Promise<DurableService> {
  /** Of each execution by its ARN, in the order in which they began. */
  const executions = new Map<string, Map<string, Operation>>();
  const server = createServer((request, response) => {
    answer(executions, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: { AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}` },
    start: (input) => {
      const name = `${randomUUID()}/${randomUUID()}`;
      const arn = `arn:aws:lambda:us-east-1:123456789012:function:sample-agent:1/durable-execution/${name}`;
      const operations = new Map([['execution', executionOf(input)]]);
      executions.set(arn, operations);
      return { nextEvent: () => eventOf(arn, operations) };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  executions: ReadonlyMap<string, Map<string, Operation>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, arn = ''] = route.exec(request.url ?? '') ?? [];
  const operations = executions.get(decodeURIComponent(arn));
  const { Updates = [] } = (await json(request)) as { readonly Updates?: readonly Update[] };
  for (const update of Updates) operations?.set(update.Id, operationOf(update));
  const changed = Updates.map(({ Id }) => operations?.get(Id));
  response.writeHead(operations === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      CheckpointToken: randomUUID(),
      NewExecutionState: { Operations: changed },
    }),
  );
}

function executionOf(input: unknown): Operation {
  return {
    Id: 'execution',
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: now(),
    ExecutionDetails: { InputPayload: JSON.stringify(input) },
  };
}

function operationOf({ Id, Type, SubType, Action, Name, Payload }: Update): Operation {
  return {
    ...{ Id, Type, SubType, Name },
    Status: statuses[Action] ?? 'STARTED',
    StartTimestamp: now(),
    ...(Type === 'WAIT' && { WaitDetails: { ScheduledEndTimestamp: now() + 60 } }),
    ...(Type === 'STEP' && { StepDetails: { Attempt: 1, Result: Payload } }),
  };
}

function eventOf(arn: string, operations: ReadonlyMap<string, Operation>): object {
  const Operations = [...operations.values()].map((operation) =>
    operation.Type === 'WAIT' ? { ...operation, Status: 'SUCCEEDED' } : operation,
  );
  return {
    DurableExecutionArn: arn,
    CheckpointToken: randomUUID(),
    InitialExecutionState: { Operations },
  };
}

/** In seconds, as AWS has it in JSON. */
function now(): number {
  return Date.now() / 1000;
}

/** How the public types meet those of AWS and Middy; the compiler is the judge. */
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyHandlerV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  Handler,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import middy6 from 'middy6';
import middy7 from 'middy7';
import { expect, expectTypeOf, test } from 'vitest';
import { Agents, type Backend, type Task, taskReporter, withTaskReporter } from '../src/index.ts';

const options = { agentId: 'agent-123', apiKey: 'key' };

test('a wrapped handler fits where AWS types want a handler', () => {
  const handler: Handler<SQSEvent, SQSBatchResponse> = withTaskReporter(
    async (event: SQSEvent, _context: Context): Promise<SQSBatchResponse> => ({
      batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    }),
    options,
  );
  const http: APIGatewayProxyHandlerV2 = withTaskReporter(
    async (event: APIGatewayProxyEventV2) => ({ statusCode: 200, body: event.rawPath }),
    options,
  );

  expect(handler).toBeTypeOf('function');
  expect(http).toBeTypeOf('function');
});

test('parameters and response keep their types, and options know them', () => {
  const handler = withTaskReporter(
    async (event: { question: string }, context: Context) => ({
      answer: event.question,
      at: context,
    }),
    {
      ...options,
      input: (event) => event.question.toUpperCase(),
      result: (response) => response.answer,
      isSuccess: ({ answer }) => answer !== '',
    },
  );

  expectTypeOf(handler).parameters.toEqualTypeOf<[{ question: string }, Context]>();
  expectTypeOf(handler).returns.resolves.toEqualTypeOf<{ answer: string; at: Context }>();
  // @ts-expect-error: there is no such option
  expect(() => withTaskReporter(async () => 1, { agentID: 'a' })).toThrow(
    "unknown field 'agentID'",
  );
});

test('the middleware fits both majors of Middy', () => {
  type Answer = APIGatewayProxyStructuredResultV2;
  const answer = async (event: APIGatewayProxyEventV2): Promise<Answer> => ({
    body: event.rawPath,
  });
  const reporter = taskReporter({
    ...options,
    input: (event: APIGatewayProxyEventV2) => event.rawPath,
    result: (response: Answer) => response.body,
  });

  const six = middy6<APIGatewayProxyEventV2, Answer>().use(reporter).handler(answer);
  const seven = middy7<APIGatewayProxyEventV2, Answer>().use(reporter).handler(answer);

  expect(six).toBeTypeOf('function');
  expect(seven).toBeTypeOf('function');
});

test('the client takes agents that it gave', () => {
  expectTypeOf<Agents['get']>().returns.resolves.toHaveProperty('id');
  expectTypeOf<Backend['reportExternalTask']>().returns.resolves.toEqualTypeOf<Task>();
  expectTypeOf<Backend['reportExternalTaskSync']>().returns.toEqualTypeOf<Task>();
  expect(new Agents({ apiKey: 'k' })).toBeInstanceOf(Agents);
});

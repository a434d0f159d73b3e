/**
 * AWS Secrets Manager as far as reading a secret goes: AWS JSON 1.1 over HTTP. It does not check
 * signatures, but wants one, and records for which region it was made.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { devNull } from 'node:os';
import { text } from 'node:stream/consumers';

export interface SecretsManagerOptions {
  /** Values by name or ARN: text, or bytes for a binary secret. An ARN also finds its name. */
  readonly secrets?: Readonly<Record<string, string | Uint8Array>>;
}

/** One HTTP request; the SDK's retries count one by one. */
export interface SecretsManagerCall {
  readonly secretId: string;
  readonly region: string;
  readonly accessKeyId: string;
}

/** Errors of the service, by the name that it gives them. */
export type ServiceError =
  | 'ResourceNotFoundException'
  | 'AccessDeniedException'
  | 'DecryptionFailure'
  | 'InvalidRequestException'
  | 'ValidationException'
  | 'ThrottlingException'
  | 'ExpiredTokenException'
  | 'InternalServiceError'
  | 'MissingAuthenticationTokenException'
  | 'UnknownOperationException';

/** What can go wrong: an answer that is an error, no answer, or a connection that breaks. */
export type SecretsManagerFailure = ServiceError | 'hang' | 'drop';

export interface SecretsManager extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly SecretsManagerCall[];
  /** Connections that clients have open at the moment. */
  readonly openConnections: number;
  /** Variables that point the SDK of this process or a child at this server. */
  readonly environment: Readonly<Record<string, string>>;
  setSecret(secretId: string, value: string | Uint8Array): void;
  /** Fails the next calls, all that follow unless told how many. */
  failWith(failure: SecretsManagerFailure, times?: number): void;
  /** Answers the next calls 200 with this body, whatever it is. */
  answerWith(body: string): void;
  /** Answers from the secrets again. */
  recover(): void;
  /** Keeps answers back until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

const serviceErrors: Readonly<Record<ServiceError, readonly [status: number, message: string]>> = {
  ResourceNotFoundException: [400, "Secrets Manager can't find the specified secret."],
  AccessDeniedException: [
    400,
    'User: arn:aws:sts::123456789012:assumed-role/agent/agent is not authorized to perform: secretsmanager:GetSecretValue',
  ],
  DecryptionFailure: [
    400,
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
  ],
  InvalidRequestException: [
    400,
    "You can't perform this operation on the secret because it was marked for deletion.",
  ],
  ValidationException: [400, 'Invalid name. Must be a valid name.'],
  ThrottlingException: [400, 'Rate exceeded'],
  ExpiredTokenException: [400, 'The security token included in the request is expired'],
  InternalServiceError: [500, 'An error occurred on the server side.'],
  MissingAuthenticationTokenException: [400, 'Missing Authentication Token'],
  UnknownOperationException: [400, ''],
};

export async function startSecretsManager(
  options: SecretsManagerOptions = {},
): Promise<SecretsManager> {
  const secrets = new Map(Object.entries(options.secrets ?? {}));
  const calls: SecretsManagerCall[] = [];
  let script: { failure?: SecretsManagerFailure; body?: string; times: number } | undefined;
  let released: Promise<void> = Promise.resolve();

  const server = createServer((request, response) => {
    // A client that goes away midway is part of what tests do.
    answer(request, response).catch(() => response.destroy());
  });
  let openConnections = 0;
  server.on('connection', (socket) => {
    openConnections += 1;
    socket.once('close', () => {
      openConnections -= 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const call = readCall(request, body);
    if (typeof call === 'string') return sendError(response, call);
    calls.push(call);
    await released;

    const step = nextStep();
    if (step?.body !== undefined) return send(response, 200, step.body);
    if (step?.failure === 'hang') return;
    if (step?.failure === 'drop') return void request.socket.destroy();
    if (step?.failure !== undefined) return sendError(response, step.failure);

    const value = secrets.get(call.secretId) ?? secrets.get(nameInArn(call.secretId));
    if (value === undefined) return sendError(response, 'ResourceNotFoundException');
    send(response, 200, JSON.stringify(secretAnswer(call, value)));
  }

  function nextStep(): typeof script {
    const step = script;
    if (step !== undefined && --step.times <= 0) script = undefined;
    return step;
  }

  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url,
    calls,
    get openConnections() {
      return openConnections;
    },
    environment: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'not-a-real-secret-access-key',
      // The settings of whoever runs the tests stay out of it.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    setSecret: (secretId, value) => void secrets.set(secretId, value),
    failWith: (failure, times = Number.POSITIVE_INFINITY) => {
      script = { failure, times };
    },
    answerWith: (body) => {
      script = { body, times: Number.POSITIVE_INFINITY };
    },
    recover: () => {
      script = undefined;
    },
    hold: () => {
      let release = (): void => undefined;
      released = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readCall(request: IncomingMessage, body: string): SecretsManagerCall | ServiceError {
  const { authorization = '', 'x-amz-target': target, 'content-type': type } = request.headers;
  if (target !== 'secretsmanager.GetSecretValue' || type !== 'application/x-amz-json-1.1') {
    return 'UnknownOperationException';
  }
  const scope =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/secretsmanager\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/.exec(
      authorization,
    );
  if (scope === null) return 'MissingAuthenticationTokenException';
  const [, accessKeyId = '', region = ''] = scope;
  return { secretId: String(JSON.parse(body).SecretId), region, accessKeyId };
}

/** Secrets Manager ends an ARN with a hyphen and six characters of its own. */
function nameInArn(secretId: string): string {
  return /^arn:.*:secret:(.+)-\w{6}$/.exec(secretId)?.[1] ?? '';
}

function secretAnswer(call: SecretsManagerCall, value: string | Uint8Array): object {
  const isArn = call.secretId.startsWith('arn:');
  return {
    ARN: isArn
      ? call.secretId
      : `arn:aws:secretsmanager:${call.region}:123456789012:secret:${call.secretId}-AbCdEf`,
    CreatedDate: 1700000000.123,
    Name: isArn ? nameInArn(call.secretId) : call.secretId,
    ...(typeof value === 'string'
      ? { SecretString: value }
      : { SecretBinary: Buffer.from(value).toString('base64') }),
    VersionId: '00000000-0000-4000-8000-000000000000',
    VersionStages: ['AWSCURRENT'],
  };
}

function sendError(response: ServerResponse, name: ServiceError): void {
  const [status, message] = serviceErrors[name];
  send(response, status, JSON.stringify({ __type: name, message }));
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(body);
}

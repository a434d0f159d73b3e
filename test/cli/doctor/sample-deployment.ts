/** Deploys functions, layers and secrets to the AWS emulator. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  GetFunctionConfigurationCommand,
  LambdaClient,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { strToU8, zipSync } from 'fflate';
import { clientOf } from '../../infra/deploy/aws-client.ts';
import type { Emulator } from '../../infra/deploy/emulator.ts';

export type FunctionSettings = Omit<Partial<CreateFunctionCommandInput>, 'Code' | 'Role'> & {
  /** @default `export const handler = async () => 'hello';` */
  readonly code?: string;
  /** Policy statements of the role. @default none */
  readonly allows?: readonly {
    readonly Action: string;
    readonly Resource: string;
    readonly Effect?: 'Allow' | 'Deny';
  }[];
  readonly variables?: Readonly<Record<string, string>>;
};

export const wrapper: Readonly<Record<string, string>> = {
  AWS_LAMBDA_EXEC_WRAPPER: '/opt/xpander-lambda/exec-wrapper',
};

/** @returns the name of the function */
export async function createFunction(
  emulator: Emulator,
  { code, allows = [], variables = {}, ...settings }: FunctionSettings = {},
): Promise<string> {
  const name = `agent-${randomUUID().slice(0, 8)}`;
  const iam = new IAMClient(clientOf(emulator));
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: `${name}-role`, AssumeRolePolicyDocument: policy([]) }),
  );
  if (allows.length > 0) {
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: `${name}-role`,
        PolicyName: 'own',
        PolicyDocument: policy(allows),
      }),
    );
  }
  await new LambdaClient(clientOf(emulator)).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: Role?.Arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 30,
      MemorySize: 256,
      Code: {
        ZipFile: zipOf({ 'index.mjs': code ?? "export const handler = async () => 'hello';" }),
      },
      Environment: { Variables: variables },
      ...settings,
    }),
  );
  return name;
}

export async function variablesOf(
  emulator: Emulator,
  FunctionName: string,
): Promise<Record<string, string> | undefined> {
  const { Environment } = await new LambdaClient(clientOf(emulator)).send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  return Environment?.Variables;
}

/** @returns the ARN of the layer version */
export async function publishLayer(
  emulator: Emulator,
  LayerName: string,
  zip: Uint8Array,
): Promise<string> {
  const { LayerVersionArn } = await new LambdaClient(clientOf(emulator)).send(
    new PublishLayerVersionCommand({ LayerName, Content: { ZipFile: zip } }),
  );
  return LayerVersionArn!;
}

/** @returns the ARN of the secret */
export async function createSecret(
  emulator: Emulator,
  settings: { readonly Name?: string; readonly KmsKeyId?: string; readonly empty?: boolean } = {},
): Promise<string> {
  const { empty, Name = `key-${randomUUID()}`, ...others } = settings;
  const { ARN } = await new SecretsManagerClient(clientOf(emulator)).send(
    new CreateSecretCommand({ Name, ...(!empty && { SecretString: theKey }), ...others }),
  );
  return ARN!;
}

export const theKey = 'key-that-nobody-sees';

export function builtLayer(name: 'reporter' | 'sentinel'): Uint8Array {
  return readFileSync(new URL(`../../../layer/dist/${name}.zip`, import.meta.url));
}

export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])),
  );
}

function policy(statements: NonNullable<FunctionSettings['allows']>): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  });
}

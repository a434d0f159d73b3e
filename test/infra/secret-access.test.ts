import { CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  addFunction,
  addTaskReporting,
  annotationsOf,
  type FunctionSettings,
  idsOf,
  newApp,
  newStack,
  type Statement,
  statementsIn,
  variablesIn,
} from './stacks.ts';

const complete = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:xpander/api-key-AbCdEf';
const partial = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:my-secret';
const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const there = { account: '123456789012', region: 'eu-west-1' };
const elsewhere = { account: '123456789012', region: 'us-east-1' };

describe('the function requests', () => {
  test('the ARN of a secret in its stack', () => {
    const stack = newStack();

    instrument(stack, new Secret(stack, 'Secret'));

    expect(secretIdIn(stack)).toEqual({ Ref: expect.stringMatching(/^Secret/) });
    expect(resourcesOf(stack, 'secretsmanager:GetSecretValue')).toEqual([
      { Ref: expect.stringMatching(/^Secret/) },
    ]);
  });

  test('a complete ARN unchanged', () => {
    const stack = newStack();

    instrument(stack, Secret.fromSecretCompleteArn(stack, 'ApiKey', complete));

    expect(secretIdIn(stack)).toBe(complete);
    expect(resourcesOf(stack, 'secretsmanager:GetSecretValue')).toEqual([complete]);
  });

  test('a name if only the name is known', () => {
    const stack = newStack();

    instrument(stack, Secret.fromSecretNameV2(stack, 'ApiKey', 'my-secret'));

    expect(secretIdIn(stack)).toBe('my-secret');
  });

  test('a name that is a token', () => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name').valueAsString;

    instrument(stack, Secret.fromSecretNameV2(stack, 'ApiKey', name));

    expect(secretIdIn(stack)).toEqual({ Ref: 'Name' });
  });

  test('an ARN that is a token', () => {
    const stack = newStack();
    const arn = new CfnParameter(stack, 'Arn').valueAsString;

    instrument(stack, Secret.fromSecretPartialArn(stack, 'ApiKey', arn));

    expect(secretIdIn(stack)).toEqual({ Ref: 'Arn' });
  });

  test('the name instead of a partial ARN that looks like a complete one', () => {
    const stack = new Stack(newApp(), 'Stack', { env: there });

    instrument(stack, Secret.fromSecretPartialArn(stack, 'ApiKey', partial));

    expect(secretIdIn(stack)).toBe('my-secret');
    expect(resourcesOf(stack, 'secretsmanager:GetSecretValue')).toEqual([`${partial}-??????`]);
  });

  test('a partial ARN for a secret in another region', () => {
    const stack = new Stack(newApp(), 'Stack', { env: elsewhere });

    instrument(stack, Secret.fromSecretPartialArn(stack, 'ApiKey', partial));

    expect(secretIdIn(stack)).toBe(partial);
  });

  test('the ARN of a secret in another stack', () => {
    const app = newApp();
    const other = new Stack(app, 'Other');
    const stack = new Stack(app, 'Stack');

    instrument(stack, new Secret(other, 'Secret'));

    const imported = { 'Fn::ImportValue': expect.stringMatching(/^Other:.*Secret/) };
    expect(secretIdIn(stack)).toEqual(imported);
    expect(resourcesOf(stack, 'secretsmanager:GetSecretValue')).toEqual([imported]);
  });

  test('the ARN of a secret in a stack of another region', () => {
    const app = newApp();
    const other = new Stack(app, 'Other', { env: there });
    const stack = new Stack(app, 'Stack', { env: elsewhere });

    instrument(stack, new Secret(other, 'Secret', { secretName: 'xpander/api-key' }));

    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:xpander/api-key';
    expect(JSON.stringify(secretIdIn(stack))).toContain(
      ':secretsmanager:eu-west-1:123456789012:secret:xpander/api-key"',
    );
    expect(JSON.stringify(resourcesOf(stack, 'secretsmanager:GetSecretValue'))).toContain(
      `${arn.replace('arn:aws', '')}-??????`,
    );
  });
});

describe('a customer managed key', () => {
  test('is granted by role and key policy if all are in one stack', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');

    instrument(stack, new Secret(stack, 'Secret', { encryptionKey }));

    expect(decryptionsIn(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
        Condition: { StringEquals: { 'kms:ViaService': viaServiceOf({ Ref: 'AWS::Region' }) } },
      },
    ]);
    expect(JSON.stringify(keyPolicyIn(stack))).toContain('"Fn::GetAtt":["AgentServiceRole');
  });

  test('is granted by the role alone in several stacks, without a circular dependency', () => {
    const app = newApp();
    const [keys, secrets] = [new Stack(app, 'Keys'), new Stack(app, 'Secrets')];
    const stack = new Stack(app, 'Stack');
    const encryptionKey = new Key(keys, 'Key');

    instrument(stack, new Secret(secrets, 'Secret', { encryptionKey }));

    expect(resourcesOf(stack, 'kms:Decrypt')).toEqual([
      { 'Fn::ImportValue': expect.stringMatching(/^Keys:.*Key.*Arn/) },
    ]);
    expect(JSON.stringify(keyPolicyIn(keys))).not.toContain('AgentServiceRole');
  });

  test('is granted to a nested stack without a circular dependency', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    const encryptionKey = new Key(stack, 'Key');

    instrument(nested, new Secret(stack, 'Secret', { encryptionKey }));

    expect(resourcesOf(nested, 'kms:Decrypt')).toEqual([
      { Ref: expect.stringMatching(/Key.*Arn$/) },
    ]);
    expect(JSON.stringify(keyPolicyIn(stack))).not.toContain('Nested');
  });

  test('can be imported, like its secret', () => {
    const stack = newStack();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', keyArn);

    instrument(stack, importEncrypted(stack, encryptionKey));

    expect(resourcesOf(stack, 'secretsmanager:GetSecretValue')).toEqual([complete]);
    expect(decryptionsIn(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: keyArn,
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
      },
    ]);
  });

  test('is granted for Secrets Manager in the region of the secret', () => {
    const stack = new Stack(newApp(), 'Stack', { env: elsewhere });
    const encryptionKey = Key.fromKeyArn(stack, 'Key', keyArn);

    instrument(stack, importEncrypted(stack, encryptionKey));

    expect(decryptionsIn(stack)).toMatchObject([
      {
        Resource: keyArn,
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
      },
    ]);
  });

  test('that is imported by alias is granted for this secret only', () => {
    const stack = new Stack(newApp(), 'Stack', { env: there });
    const encryptionKey = Alias.fromAliasName(stack, 'Key', 'alias/xpander');

    instrument(stack, importEncrypted(stack, encryptionKey));

    expect(decryptionsIn(stack)).toMatchObject([
      {
        Resource: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-west-1:123456789012:key/*'],
          ],
        },
        Condition: { StringLike: { 'kms:EncryptionContext:SecretARN': [complete] } },
      },
    ]);
  });

  test('of a stack in another region is granted for this secret only', () => {
    const app = newApp();
    const other = new Stack(app, 'Other', { env: there });
    const stack = new Stack(app, 'Stack', { env: elsewhere });
    const encryptionKey = new Key(other, 'Key');

    instrument(
      stack,
      new Secret(other, 'Secret', { encryptionKey, secretName: 'xpander/api-key' }),
    );

    const [decryption] = decryptionsIn(stack);
    expect(JSON.stringify(decryption?.Resource)).toContain(':kms:eu-west-1:123456789012:key/*');
    expect(JSON.stringify(decryption?.Condition)).toContain('secret:xpander/api-key-??????');
    expect(JSON.stringify(decryption?.Condition)).toContain('secretsmanager.eu-west-1');
  });
});

describe('a role', () => {
  test('that several functions share gets each permission once', () => {
    const stack = newStack();
    const first = addFunction(stack, 'Agent');
    const second = addFunction(stack, 'Second', { role: first.role! });
    const secret = new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key') });

    addTaskReporting(stack, { apiKeySecret: secret }).instrument(first, second);

    expect(statementsIn(stack)).toHaveLength(2);
  });

  test('of another stack gets a policy in the stack of the function, without a circular dependency', () => {
    const app = newApp();
    const roles = new Stack(app, 'Roles');
    const stack = new Stack(app, 'Stack');
    const role = new Role(roles, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const encryptionKey = new Key(stack, 'Key');

    instrument(stack, new Secret(stack, 'Secret', { encryptionKey }), { role });

    const [policy] = idsOf(stack, 'AWS::IAM::Policy');
    expect(statementsIn(roles)).toEqual([]);
    expect(statementsIn(stack)).toMatchObject([
      { Resource: { Ref: expect.stringMatching(/^Secret/) } },
      { Action: 'kms:Decrypt' },
    ]);
    const [fn] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    expect(fn?.['DependsOn']).toEqual([policy]);
  });

  test('that is imported gets a policy', () => {
    const stack = newStack();
    const role = Role.fromRoleName(stack, 'Role', 'agents');

    instrument(stack, new Secret(stack, 'Secret'), { role });

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Roles: ['agents'] });
    expect(annotationsOf(stack)).toEqual([]);
  });

  test('that is immutable causes a warning about the missing permissions', () => {
    const stack = newStack();
    const arn = 'arn:aws:iam::123456789012:role/agents';
    const role = Role.fromRoleArn(stack, 'Role', arn, { mutable: false });

    instrument(stack, Secret.fromSecretCompleteArn(stack, 'ApiKey', complete), { role });

    expect(idsOf(stack, 'AWS::IAM::Policy')).toEqual([]);
    expect(annotationsOf(stack)).toEqual([
      `Warning: This app cannot change the role of Stack/Agent. Allow it secretsmanager:GetSecretValue on ${complete} and, if a customer managed key encrypts the secret, kms:Decrypt on the key. [ack: xpander-lambda:secretNotGranted]`,
    ]);
  });
});

test('no template contains the value of a secret', () => {
  const app = newApp();
  const stack = new Stack(app, 'Stack');

  instrument(stack, Secret.fromSecretCompleteArn(stack, 'ApiKey', complete));

  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('resolve:');
});

function instrument(scope: Construct, secret: ISecret, settings: FunctionSettings = {}): void {
  const reporting = addTaskReporting(scope, { apiKeySecret: secret });
  reporting.instrument(addFunction(scope, 'Agent', settings));
}

function importEncrypted(scope: Construct, encryptionKey: IKey): ISecret {
  return Secret.fromSecretAttributes(scope, 'ApiKey', {
    secretCompleteArn: complete,
    encryptionKey,
  });
}

function secretIdIn(stack: Stack): unknown {
  return variablesIn(stack)['XPANDER_API_KEY_SECRET'];
}

function decryptionsIn(stack: Stack): Statement[] {
  return statementsIn(stack).filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
}

function resourcesOf(stack: Stack, action: string): unknown[] {
  return statementsIn(stack)
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => Resource);
}

function keyPolicyIn(stack: Stack): unknown {
  return Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'))[0]!['Properties']
    .KeyPolicy;
}

function viaServiceOf(region: unknown): unknown {
  return { 'Fn::Join': ['', ['secretsmanager.', region, '.amazonaws.com']] };
}

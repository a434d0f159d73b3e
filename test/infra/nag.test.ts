import type { Stack } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { TaskReporting } from '../../infra/index.ts';
import { addFunction, newStack } from './stacks.ts';

test('cdk-nag finds nothing in the resources that are added to a function', () => {
  const bare = newStack();
  addAgent(bare);
  const stack = newStack();
  const { fn, apiKeySecret } = addAgent(stack);
  const reporting = new TaskReporting(stack, 'TaskReporting', {
    agentId: 'agent-123',
    apiKeySecret,
    sentinel: true,
  });

  reporting.instrument(fn);
  reporting.alarmUndelivered(fn);
  new Dashboard(stack, 'Dashboard').addWidgets(reporting.widgetUndelivered());

  // CDK's own role of a function, and a secret without rotation.
  expect(findingsIn(bare)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^AwsSolutions-IAM4/)]),
  );
  expect(findingsIn(stack)).toEqual(findingsIn(bare));
});

function addAgent(stack: Stack) {
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  const apiKeySecret = new Secret(stack, 'Secret', { encryptionKey });
  const fn = addFunction(stack);
  void fn.logGroup;
  return { fn, apiKeySecret };
}

function findingsIn(stack: Stack): string[] {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  return violations
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    )
    .sort();
}

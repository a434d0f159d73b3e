import { join } from 'node:path';
import { LogLevel, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { expect, test } from 'vitest';
import { TaskReporting } from '../../infra/index.ts';
import { functionIn, importSecret, newStack, wrapper } from './stacks.ts';

test('a NodejsFunction is instrumented with the runtime that CDK chooses', () => {
  const root = join(import.meta.dirname, '../..');
  const stack = newStack();
  stack.node.setContext('@aws-cdk/aws-lambda-nodejs:useLatestRuntimeVersion', true);
  const fn = new NodejsFunction(stack, 'Agent', {
    entry: join(root, 'test/layer/functions/plain.mjs'),
    depsLockFilePath: join(root, 'package-lock.json'),
    projectRoot: root,
    bundling: { logLevel: LogLevel.SILENT },
  });

  new TaskReporting(stack, 'TaskReporting', {
    agentId: 'agent-123',
    apiKeySecret: importSecret(stack),
  }).instrument(fn);

  expect(functionIn(stack).Layers).toHaveLength(1);
  expect(functionIn(stack).Environment?.Variables).toMatchObject({
    AWS_LAMBDA_EXEC_WRAPPER: wrapper,
    XPANDER_AGENT_ID: 'agent-123',
  });
});

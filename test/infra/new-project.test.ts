/** An app with all feature flags that `cdk init` sets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Aspects, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, test } from 'vitest';
import { TaskReporting, TaskReportingAspect } from '../../infra/index.ts';
import { addFunction, idsOf, newApp, statementsIn, variablesIn, wrapper } from './stacks.ts';

const flags: Record<string, unknown> = JSON.parse(
  readFileSync(
    join(import.meta.dirname, '../../node_modules/aws-cdk-lib/recommended-feature-flags.json'),
    'utf8',
  ),
);

test('all stacks of an app are instrumented with a secret in a separate stack', () => {
  const { agents, nested, secrets } = synthesize();

  for (const [stack, id] of [
    [agents, 'Writer'],
    [agents, 'Reader'],
    [nested, 'Nested'],
  ] as const) {
    expect(variablesIn(stack, id)).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_AGENT_ID: id === 'Writer' ? 'writer' : 'agent-123',
      XPANDER_API_KEY_SECRET: expect.anything(),
    });
    expect(idsOf(stack, 'AWS::Lambda::LayerVersion').length).toBeGreaterThan(0);
  }
  const actions = statementsIn(agents).flatMap(({ Action }) => Action);
  expect(actions.filter((action) => action === 'kms:Decrypt')).toHaveLength(2);
  expect(idsOf(secrets, 'AWS::Lambda::LayerVersion')).toEqual([]);
});

test('a version stays the same in the next synth', () => {
  const [first, second] = [synthesize(), synthesize()];

  expect(idsOf(first.agents, 'AWS::Lambda::Version')).toHaveLength(1);
  expect(Template.fromStack(first.agents).toJSON()).toEqual(
    Template.fromStack(second.agents).toJSON(),
  );
});

function synthesize() {
  const app: App = newApp({ context: flags });
  const secrets = new Stack(app, 'Secrets');
  const apiKeySecret = new Secret(secrets, 'ApiKey', { encryptionKey: new Key(secrets, 'Key') });
  const agents = new Stack(app, 'Agents');
  const nested = new NestedStack(agents, 'Nested');
  const writer = addFunction(agents, 'Writer', { logGroup: new LogGroup(agents, 'Logs') });
  addFunction(agents, 'Reader', { environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler' } });
  addFunction(nested, 'Nested');
  writer.addAlias('live');
  const reporting = new TaskReporting(agents, 'TaskReporting', { agentId: 'writer', apiKeySecret });
  reporting.instrument(writer, { sentinel: true });
  reporting.alarmUndelivered(writer);
  Aspects.of(app).add(new TaskReportingAspect({ agentId: 'agent-123', apiKeySecret }));
  return { agents, nested, secrets };
}

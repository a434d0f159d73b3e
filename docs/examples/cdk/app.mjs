import { fileURLToPath } from 'node:url';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { TaskReporting } from 'xpander-lambda/cdk';

const stack = new Stack(new App(), 'MyAgent');
const agent = new LambdaFunction(stack, 'Agent', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(fileURLToPath(new URL('../agent', import.meta.url))),
  timeout: Duration.seconds(30),
});

const reporting = new TaskReporting(stack, 'TaskReporting', {
  agentId: 'agent-123',
  apiKeySecret: Secret.fromSecretNameV2(stack, 'ApiKey', 'xpander/api-key'),
});
reporting.instrument(agent);

/** A sample agent with a Function URL, reported through the layer. */
import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Code,
  FunctionUrlAuthType,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { SampleSettings } from './app-settings.ts';
import { TaskReporting } from './task-reporting.ts';

const agentFolder = fileURLToPath(new URL('sample/agent', import.meta.url));

export class SampleStack extends Stack {
  constructor(scope: Construct, id: string, settings: SampleSettings) {
    super(scope, id, { description: 'A sample agent that xpander-lambda reports' });
    const { agentId, apiKeySecret, baseUrl, modelKeySecret, sentinel, publicUrl } = settings;

    const logGroup = new LogGroup(this, 'AgentLogs', {
      retention: RetentionDays.TWO_WEEKS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'AgentRole', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    const agent = new LambdaFunction(this, 'Agent', {
      description: 'Answers questions; reports each invocation to xpander.ai',
      runtime: Runtime.NODEJS_24_X,
      handler: 'agent.handler',
      code: Code.fromAsset(agentFolder),
      timeout: Duration.seconds(30),
      memorySize: 512,
      logGroup,
      role,
    });
    if (modelKeySecret !== undefined) {
      agent.addEnvironment('MODEL_API_KEY_SECRET', modelKeySecret);
      existingSecret(this, 'ModelKey', modelKeySecret).grantRead(agent);
    }
    const url = agent.addFunctionUrl({
      authType: publicUrl ? FunctionUrlAuthType.NONE : FunctionUrlAuthType.AWS_IAM,
    });

    const secret =
      apiKeySecret === undefined
        ? new Secret(this, 'ApiKey', {
            description: 'API key of xpander.ai; a random text until you store the key',
            removalPolicy: RemovalPolicy.DESTROY,
          })
        : existingSecret(this, 'ApiKey', apiKeySecret);
    const reporting = new TaskReporting(this, 'TaskReporting', {
      agentId,
      apiKeySecret: secret,
      sentinel,
      ...(baseUrl !== undefined && { baseUrl }),
    });
    reporting.instrument(agent);

    new CfnOutput(this, 'FunctionName', { value: agent.functionName });
    new CfnOutput(this, 'FunctionUrl', { value: url.url });
    new CfnOutput(this, 'SecretArn', { value: secret.secretArn });
  }
}

function existingSecret(scope: Construct, id: string, nameOrArn: string): ISecret {
  if (!nameOrArn.startsWith('arn:')) return Secret.fromSecretNameV2(scope, id, nameOrArn);
  // A complete ARN ends with a hyphen and six characters.
  return /-[A-Za-z0-9]{6}$/.test(nameOrArn)
    ? Secret.fromSecretCompleteArn(scope, id, nameOrArn)
    : Secret.fromSecretPartialArn(scope, id, nameOrArn);
}

import { Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AdotLambdaExecWrapper,
  AdotLambdaLayerJavaScriptSdkVersion,
  AdotLayerVersion,
  type CfnFunction,
  LambdaInsightsVersion,
} from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import {
  addFunction,
  addTaskReporting,
  errorMessageOf,
  functionIn,
  newApp,
  newStack,
  variablesIn,
  wrapper,
} from './stacks.ts';

describe('an exec wrapper of the function', () => {
  test('is chained after ours', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler' },
    });

    addTaskReporting(stack).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
  });

  test('is chained after ours if it is set later', () => {
    const stack = newStack();
    const fn = addFunction(stack);

    addTaskReporting(stack).instrument(fn);
    fn.addEnvironment('AWS_LAMBDA_EXEC_WRAPPER', '/opt/otel-handler');
    fn.addEnvironment('TABLE', 'tasks');

    expect(variablesIn(stack)).toMatchObject({
      TABLE: 'tasks',
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
  });

  test('is chained after ours if CDK adds it with a layer', () => {
    const stack = newStack('eu-central-1');
    const fn = addFunction(stack, 'Agent', {
      adotInstrumentation: {
        layerVersion: AdotLayerVersion.fromJavaScriptSdkLayerVersion(
          AdotLambdaLayerJavaScriptSdkVersion.LATEST,
        ),
        execWrapper: AdotLambdaExecWrapper.REGULAR_HANDLER,
      },
      insightsVersion: LambdaInsightsVersion.VERSION_1_0_391_0,
    });

    addTaskReporting(stack).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
    expect(functionIn(stack).Layers).toHaveLength(3);
  });

  test('can refer to another stack', () => {
    const app = newApp();
    const other = new Stack(app, 'Other');
    const stack = new Stack(app, 'Stack');
    const path = Fn.join('/', ['/opt', addFunction(other, 'Vendor').functionName]);
    const fn = addFunction(stack, 'Agent', { environment: { AWS_LAMBDA_EXEC_WRAPPER: path } });

    addTaskReporting(stack).instrument(fn);

    expect(variablesIn(stack)['XPANDER_NEXT_EXEC_WRAPPER']).toEqual({
      'Fn::Join': ['/', ['/opt', { 'Fn::ImportValue': expect.stringContaining('Other:') }]],
    });
  });

  test('can be ours', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      environment: {
        AWS_LAMBDA_EXEC_WRAPPER: wrapper,
        XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
      },
    });

    addTaskReporting(stack).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
  });
});

describe('a change of the CloudFormation resource', () => {
  test('fails synth if it removes the wrapper', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    addTaskReporting(stack).instrument(fn);
    resourceOf(fn).addPropertyOverride('Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER', '/opt/x');

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent has lost the variable AWS_LAMBDA_EXEC_WRAPPER of TaskReporting because other code changed its resource. Remove that change, or use addEnvironment() and addLayers() instead.',
    );
  });

  test('fails synth if it removes the layer', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    addTaskReporting(stack).instrument(fn);
    resourceOf(fn).layers = [];

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent has lost the layer of TaskReporting',
    );
  });

  test('fails synth if it sets an unsupported runtime', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    addTaskReporting(stack).instrument(fn);
    resourceOf(fn).addPropertyOverride('Runtime', 'nodejs20.x');

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      "Stack/Agent is deployed with the runtime 'nodejs20.x', which the layer does not support.",
    );
  });

  test('can add variables', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    resourceOf(fn).environment = { variables: { TABLE: 'tasks' } };
    addTaskReporting(stack).instrument(fn);
    resourceOf(fn).addPropertyOverride('Environment.Variables.QUEUE', 'jobs');

    expect(variablesIn(stack)).toEqual({
      TABLE: 'tasks',
      QUEUE: 'jobs',
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY_SECRET: 'xpander/api-key',
    });
  });

  test.each([
    Fn.conditionIf('Condition', { Variables: {} }, {}),
    { variables: Fn.conditionIf('Condition', { TABLE: 'tasks' }, {}) },
  ])('fails synth if it replaces the environment by an expression', (environment) => {
    const stack = newStack();
    const fn = addFunction(stack);
    resourceOf(fn).environment = environment as never;
    addTaskReporting(stack).instrument(fn);

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent has a CloudFormation expression as its environment, so no variables can be added. Set the variables one by one.',
    );
  });
});

function resourceOf(fn: ReturnType<typeof addFunction>): CfnFunction {
  return fn.node.defaultChild as CfnFunction;
}

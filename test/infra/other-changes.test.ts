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
import { TaskReporting } from '../../infra/index.ts';
import {
  addFunction,
  functionIn,
  importSecret,
  newApp,
  newStack,
  errorMessageOf,
  variablesIn,
  wrapper,
} from './stacks.ts';

describe('an exec wrapper that the function has', () => {
  test('is the next one after ours', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler' },
    });

    report(stack).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
  });

  test('is so too when it is set later', () => {
    const stack = newStack();
    const fn = addFunction(stack);

    report(stack).instrument(fn);
    fn.addEnvironment('AWS_LAMBDA_EXEC_WRAPPER', '/opt/otel-handler');
    fn.addEnvironment('TABLE', 'tasks');

    expect(variablesIn(stack)).toMatchObject({
      TABLE: 'tasks',
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
  });

  test('is so too when it comes from CDK, with its layer beside ours', () => {
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

    report(stack).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
    expect(functionIn(stack).Layers).toHaveLength(3);
  });

  test('may come from another stack', () => {
    const app = newApp();
    const other = new Stack(app, 'Other');
    const stack = new Stack(app, 'Stack');
    const path = Fn.join('/', ['/opt', addFunction(other, 'Vendor').functionName]);
    const fn = addFunction(stack, 'Agent', { environment: { AWS_LAMBDA_EXEC_WRAPPER: path } });

    report(stack).instrument(fn);

    expect(variablesIn(stack)['XPANDER_NEXT_EXEC_WRAPPER']).toEqual({
      'Fn::Join': ['/', ['/opt', { 'Fn::ImportValue': expect.stringContaining('Other:') }]],
    });
  });

  test('may be ours already', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      environment: {
        AWS_LAMBDA_EXEC_WRAPPER: wrapper,
        XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
      },
    });

    report(stack).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
    });
  });
});

describe('what others do to the resource', () => {
  test('does not go unnoticed when it takes the wrapper away', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    report(stack).instrument(fn);
    resourceOf(fn).addPropertyOverride('Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER', '/opt/x');

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent has lost the variable AWS_LAMBDA_EXEC_WRAPPER of TaskReporting to a change of its resource. Take that change away, or make it with addEnvironment() and addLayers().',
    );
  });

  test('does not go unnoticed when it takes the layer away', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    report(stack).instrument(fn);
    resourceOf(fn).layers = [];

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent has lost the layer of TaskReporting',
    );
  });

  test('does not go unnoticed when it changes the runtime', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    report(stack).instrument(fn);
    resourceOf(fn).addPropertyOverride('Runtime', 'nodejs20.x');

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      "Stack/Agent was given the runtime 'nodejs20.x', which the layer does not support.",
    );
  });

  test('counts where it adds variables', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    resourceOf(fn).environment = { variables: { TABLE: 'tasks' } };
    report(stack).instrument(fn);
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
  ])('is refused where it makes an expression of the environment', (environment) => {
    const stack = newStack();
    const fn = addFunction(stack);
    resourceOf(fn).environment = environment as never;
    report(stack).instrument(fn);

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent has an expression in the place of its environment, which nothing can be added to. Give it the variables one by one.',
    );
  });
});

function report(stack: Stack, props: ConstructorParameters<typeof TaskReporting>[2] = {}) {
  return new TaskReporting(stack, 'TaskReporting', {
    agentId: 'agent-123',
    apiKeySecret: importSecret(stack),
    ...props,
  });
}

function resourceOf(fn: ReturnType<typeof addFunction>): CfnFunction {
  return fn.node.defaultChild as CfnFunction;
}

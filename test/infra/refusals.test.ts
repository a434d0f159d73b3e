import { CfnParameter } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Distribution, experimental, LambdaEdgeEventType } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  ApplicationLogLevel,
  Code,
  DockerImageCode,
  DockerImageFunction,
  Function as LambdaFunction,
  LayerVersion,
  LoggingFormat,
  Runtime,
  RuntimeFamily,
  Version,
} from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import { TaskReporting } from '../../infra/index.ts';
import {
  addFunction,
  addTaskReporting,
  annotationsOf,
  errorMessageOf,
  type FunctionSettings,
  functionIn,
  newStack,
} from './stacks.ts';

const arn = (name: string, version = 1) =>
  `arn:aws:lambda:eu-central-1:123456789012:layer:${name}:${version}`;

describe('instrument() throws for', () => {
  test.each([
    [
      'Python',
      { runtime: Runtime.PYTHON_3_13 },
      'Stack/Agent runs on python3.13, but the layer is for Node.js (nodejs22.x or nodejs24.x). Exclude the function.',
    ],
    [
      'a custom runtime',
      { runtime: Runtime.PROVIDED_AL2023, code: Code.fromAsset(import.meta.dirname) },
      'Stack/Agent runs on provided.al2023, but the layer is for Node.js (nodejs22.x or nodejs24.x). Exclude the function.',
    ],
    [
      'an old Node.js',
      { runtime: Runtime.NODEJS_20_X },
      'Stack/Agent runs on nodejs20.x, which the layer does not support. Use the runtime nodejs22.x or nodejs24.x.',
    ],
    [
      'an unknown Node.js version',
      { runtime: new Runtime('nodejs98.x', RuntimeFamily.NODEJS, { supportsInlineCode: true }) },
      'Stack/Agent runs on nodejs98.x, which the layer does not support. Use the runtime nodejs22.x or nodejs24.x.',
    ],
  ])('%s', (_, settings: FunctionSettings, sentence) => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', settings);

    expect(errorMessageOf(() => addTaskReporting(stack).instrument(fn))).toBe(sentence);
  });

  test('a container image, and explains how to copy the layer', () => {
    const stack = newStack();
    const fn = new DockerImageFunction(stack, 'Agent', {
      code: DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, 'Images', 'agents')),
    });

    expect(errorMessageOf(() => addTaskReporting(stack).instrument(fn))).toBe(
      "Stack/Agent is a container image, which cannot have layers. Copy the layer into the image: 'COPY node_modules/xpander-lambda/layer/dist/reporter/ /opt/' and 'ENV AWS_LAMBDA_EXEC_WRAPPER=/opt/xpander-lambda/exec-wrapper' in its Dockerfile. Set the variables, and allow its role to read the secret.",
    );
  });

  test('an imported function, and its version', () => {
    const stack = newStack();
    const fn = LambdaFunction.fromFunctionName(stack, 'Imported', 'agent');
    const version = Version.fromVersionArn(
      stack,
      'ImportedVersion',
      'arn:aws:lambda:eu-central-1:123456789012:function:agent:3',
    );
    const reporting = addTaskReporting(stack);

    expect(errorMessageOf(() => reporting.instrument(fn))).toBe(
      'Stack/Imported is an imported function, which this app cannot change. Call instrument() in the app that defines the function.',
    );
    expect(errorMessageOf(() => reporting.instrument(version))).toContain(
      'Stack/ImportedVersion is an imported function',
    );
  });

  test('a function of Lambda@Edge', () => {
    const stack = newStack('us-east-1');
    const edge = new experimental.EdgeFunction(stack, 'Edge', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {}'),
    });

    expect(errorMessageOf(() => addTaskReporting(stack).instrument(edge))).toBe(
      'Stack/Edge/Fn is a Lambda@Edge function, which can have neither layers nor environment variables. Exclude it and report from its code.',
    );
  });

  test('more than five layers', () => {
    const stack = newStack();
    const layers = [1, 2, 3, 4].map((number) =>
      LayerVersion.fromLayerVersionArn(stack, `Layer${number}`, arn(`layer-${number}`)),
    );
    const fn = addFunction(stack, 'Agent', { layers });
    const reporting = addTaskReporting(stack);

    expect(errorMessageOf(() => reporting.instrument(fn, { sentinel: true }))).toBe(
      "Stack/Agent cannot be instrumented: it has 4 layers and needs 2 more, but a function can have at most 5. Remove layers, remove 'sentinel', or report from the code: withTaskReporter() needs no layer.",
    );
    reporting.instrument(fn);
    expect(functionIn(stack).Layers).toHaveLength(5);
  });

  test('a call without a function', () => {
    const stack = newStack();

    expect(errorMessageOf(() => addTaskReporting(stack).instrument({ agentId: 'agent-2' }))).toBe(
      "TaskReporting 'Stack/TaskReporting': instrument() needs at least one function.",
    );
  });
});

describe('synth fails for', () => {
  test('a function with too little memory for the sentinel', () => {
    const stack = newStack();
    const small = addFunction(stack, 'Small', { memorySize: 128 });
    const unnamed = addFunction(stack, 'Unnamed', { memorySize: undefined });
    const off = addFunction(stack, 'Off', { memorySize: 128 });
    const fits = addFunction(stack, 'Fits', { memorySize: 384 });
    const reporting = addTaskReporting(stack);
    reporting.instrument(small, unnamed, fits, { sentinel: true });
    reporting.instrument(off, { sentinel: true, disabled: true });

    const refused = errorMessageOf(() => Template.fromStack(stack));

    expect(refused).toContain(
      "[Stack/Small] Stack/Small has 128 MB of memory, and the sentinel needs 384 MB: with a smaller share of a CPU each init would take too long. Set memorySize to 384 or more, or remove 'sentinel' for this function.",
    );
    expect(refused).toContain('[Stack/Unnamed] Stack/Unnamed has 128 MB of memory');
    expect(refused).not.toMatch(/Stack\/(Off|Fits)/);
  });

  test('a function that becomes a Lambda@Edge function later', () => {
    const stack = newStack('us-east-1');
    const fn = addFunction(stack, 'Agent', { runtime: Runtime.NODEJS_22_X });
    addTaskReporting(stack).instrument(fn);
    new Distribution(stack, 'Distribution', {
      defaultBehavior: {
        origin: new HttpOrigin('example.com'),
        edgeLambdas: [
          { functionVersion: fn.currentVersion, eventType: LambdaEdgeEventType.ORIGIN_REQUEST },
        ],
      },
    });

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent is a Lambda@Edge function',
    );
  });

  test.each([
    [
      'before',
      (fn: LambdaFunction, act: () => void) => [
        fn.addEnvironment('XPANDER_AGENT_ID', 'agent-2'),
        act(),
      ],
    ],
    [
      'after',
      (fn: LambdaFunction, act: () => void) => [
        act(),
        fn.addEnvironment('XPANDER_AGENT_ID', 'agent-2'),
      ],
    ],
  ])('a variable of ours with another value that is set %s instrument()', (_, order) => {
    const stack = newStack();
    const fn = addFunction(stack);

    order(fn, () => addTaskReporting(stack).instrument(fn));

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      "[Stack/Agent] Stack/Agent already has XPANDER_AGENT_ID with another value ('agent-2') than the one of TaskReporting ('agent-123'). Remove one of them.",
    );
  });

  test('a function without agent and key', () => {
    const stack = newStack();
    new TaskReporting(stack, 'TaskReporting').instrument(addFunction(stack));

    const refusal = errorMessageOf(() => Template.fromStack(stack));

    expect(refusal).toContain(
      'Stack/Agent has no agent. Set agentId in TaskReporting or in instrument().',
    );
    expect(refusal).toContain(
      'Stack/Agent has no API key. Set apiKeySecret to the secret that contains it.',
    );
  });

  test('a function with a secret and a key, without showing the key', () => {
    const stack = newStack();
    const environment = { XPANDER_API_KEY: 'key-of-mine' };
    addTaskReporting(stack).instrument(addFunction(stack, 'Agent', { environment }));

    const refusal = errorMessageOf(() => Template.fromStack(stack));

    expect(refusal).toContain(
      'Stack/Agent has both a secret (apiKeySecret) and the key itself (XPANDER_API_KEY). Remove XPANDER_API_KEY.',
    );
    expect(refusal).not.toContain('key-of-mine');
  });

  test('a function with two other exec wrappers', () => {
    const stack = newStack();
    const environment = {
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/one',
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/two',
    };
    addTaskReporting(stack).instrument(addFunction(stack, 'Agent', { environment }));

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      "Stack/Agent has two exec wrappers, AWS_LAMBDA_EXEC_WRAPPER ('/opt/one') and XPANDER_NEXT_EXEC_WRAPPER ('/opt/two'), but only one can be chained after the wrapper of TaskReporting. Remove one of them.",
    );
  });
});

describe('synth accepts', () => {
  test('a variable of ours with the same value', () => {
    const stack = newStack();
    const agent = new CfnParameter(stack, 'AgentId').valueAsString;
    const fn = addFunction(stack, 'Agent', { environment: { XPANDER_AGENT_ID: agent } });

    addTaskReporting(stack, { agentId: agent }).instrument(fn);

    expect(functionIn(stack).Environment?.Variables).toHaveProperty('XPANDER_AGENT_ID', {
      Ref: 'AgentId',
    });
  });

  test('an empty variable, which counts as not set', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', { environment: { XPANDER_AGENT_ID: '' } });

    addTaskReporting(stack).instrument(fn);

    expect(functionIn(stack).Environment?.Variables).toHaveProperty(
      'XPANDER_AGENT_ID',
      'agent-123',
    );
  });

  test('a key as plain text, with a warning that does not show it', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', { environment: { XPANDER_API_KEY: 'key-of-mine' } });

    new TaskReporting(stack, 'TaskReporting', { agentId: 'agent-123' }).instrument(fn);

    expect(annotationsOf(stack)).toEqual([
      "Warning: Stack/Agent has its API key in XPANDER_API_KEY: everyone who can see the template or the function's configuration can read it. Store it in a secret and set apiKeySecret. [ack: xpander-lambda:plainApiKey]",
    ]);
  });

  test('a log level that hides undelivered reports, with a warning that explains the fix', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.FATAL,
    });

    addTaskReporting(stack).instrument(fn);

    expect(annotationsOf(stack)).toEqual([
      "Warning: Stack/Agent logs only FATAL, which hides undelivered reports: they are logged at ERROR, with everything that 'xpander-lambda replay' needs to send them again. Set applicationLogLevelV2 to ApplicationLogLevel.ERROR or a more detailed level. [ack: xpander-lambda:hiddenErrors]",
    ]);
  });

  test('a function without agent and key if reporting is disabled', () => {
    const stack = newStack();

    new TaskReporting(stack, 'TaskReporting', { disabled: true }).instrument(addFunction(stack));

    expect(functionIn(stack).Environment?.Variables).toHaveProperty('XPANDER_DISABLED', 'true');
  });

  test.each(['True', '1', 'yes', 'ON'])('nor where XPANDER_DISABLED is %s', (value) => {
    const stack = newStack();
    const fn = addFunction(stack);
    fn.addEnvironment('XPANDER_DISABLED', value);

    new TaskReporting(stack, 'TaskReporting').instrument(fn);

    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

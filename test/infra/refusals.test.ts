import { CfnParameter, type Stack } from 'aws-cdk-lib';
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
import { TaskReporting, type TaskReportingProps } from '../../infra/index.ts';
import {
  addFunction,
  annotationsOf,
  type FunctionSettings,
  functionIn,
  importSecret,
  newStack,
  errorMessageOf,
} from './stacks.ts';

const arn = (name: string, version = 1) =>
  `arn:aws:lambda:eu-central-1:123456789012:layer:${name}:${version}`;

describe('instrument() refuses', () => {
  test.each([
    [
      'Python',
      { runtime: Runtime.PYTHON_3_13 },
      'Stack/Agent runs on python3.13, and the layer is for Node.js (nodejs22.x or nodejs24.x). Leave it out.',
    ],
    [
      'runtimes of one’s own',
      { runtime: Runtime.PROVIDED_AL2023, code: Code.fromAsset(import.meta.dirname) },
      'Stack/Agent runs on provided.al2023, and the layer is for Node.js (nodejs22.x or nodejs24.x). Leave it out.',
    ],
    [
      'an old Node.js',
      { runtime: Runtime.NODEJS_20_X },
      'Stack/Agent runs on nodejs20.x, which the layer does not support. Give it the runtime nodejs22.x or nodejs24.x.',
    ],
    [
      'a Node.js that nobody knows yet',
      { runtime: new Runtime('nodejs98.x', RuntimeFamily.NODEJS, { supportsInlineCode: true }) },
      'Stack/Agent runs on nodejs98.x, which the layer does not support. Give it the runtime nodejs22.x or nodejs24.x.',
    ],
  ])('%s', (_, settings: FunctionSettings, sentence) => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', settings);

    expect(errorMessageOf(() => report(stack).instrument(fn))).toBe(sentence);
  });

  test('a container image, and says how to copy the layer', () => {
    const stack = newStack();
    const fn = new DockerImageFunction(stack, 'Agent', {
      code: DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, 'Images', 'agents')),
    });

    expect(errorMessageOf(() => report(stack).instrument(fn))).toBe(
      "Stack/Agent is a container image, which takes no layers. Copy the layer into the image: 'COPY node_modules/xpander-lambda/layer/dist/reporter/ /opt/' and 'ENV AWS_LAMBDA_EXEC_WRAPPER=/opt/xpander-lambda/exec-wrapper' in its Dockerfile; give it the variables, and its role access to the secret.",
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
    const reporting = report(stack);

    expect(errorMessageOf(() => reporting.instrument(fn))).toBe(
      'Stack/Imported is not defined in this app: an imported function cannot be changed, so instrument() has no effect on it. Call it where the function is defined.',
    );
    expect(errorMessageOf(() => reporting.instrument(version))).toContain('is not defined in this app');
  });

  test('a function of Lambda@Edge', () => {
    const stack = newStack('us-east-1');
    const edge = new experimental.EdgeFunction(stack, 'Edge', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {}'),
    });

    expect(errorMessageOf(() => report(stack).instrument(edge))).toBe(
      'Stack/Edge/Fn runs at the edge (Lambda@Edge), where there are neither layers nor environment variables. Leave it out, and report it from its code.',
    );
  });

  test('more than five layers', () => {
    const stack = newStack();
    const layers = [1, 2, 3, 4].map((number) =>
      LayerVersion.fromLayerVersionArn(stack, `Layer${number}`, arn(`layer-${number}`)),
    );
    const fn = addFunction(stack, 'Agent', { layers });
    const reporting = report(stack);

    expect(errorMessageOf(() => reporting.instrument(fn, { sentinel: true }))).toBe(
      "Stack/Agent cannot be instrumented: it has 4 layers already, of the 5 that a function can have, and 2 would be added. Take layers away, leave out the 'sentinel', or report from the code: withTaskReporter() needs no layer.",
    );
    reporting.instrument(fn);
    expect(functionIn(stack).Layers).toHaveLength(5);
  });

  test('to do nothing', () => {
    const stack = newStack();

    expect(errorMessageOf(() => report(stack).instrument({ agentId: 'agent-2' }))).toBe(
      "TaskReporting 'Stack/TaskReporting': instrument() was given no function. Give it one or more.",
    );
  });
});

describe('synth refuses', () => {
  test('a function that is too small for the sentinel', () => {
    const stack = newStack();
    const small = addFunction(stack, 'Small', { memorySize: 128 });
    const unnamed = addFunction(stack, 'Unnamed', { memorySize: undefined });
    const off = addFunction(stack, 'Off', { memorySize: 128 });
    const fits = addFunction(stack, 'Fits', { memorySize: 384 });
    const reporting = report(stack);
    reporting.instrument(small, unnamed, fits, { sentinel: true });
    reporting.instrument(off, { sentinel: true, disabled: true });

    const refused = errorMessageOf(() => Template.fromStack(stack));

    expect(refused).toContain(
      "[Stack/Small] Stack/Small has 128 MB of memory, and the sentinel needs 384 MB: with a smaller share of a CPU each start of the function would take too long. Set memorySize to 384 or more, or leave out 'sentinel' for this function.",
    );
    expect(refused).toContain('[Stack/Unnamed] Stack/Unnamed has 128 MB of memory');
    expect(refused).not.toMatch(/Stack\/(Off|Fits)/);
  });

  test('a function that is put at the edge later', () => {
    const stack = newStack('us-east-1');
    const fn = addFunction(stack, 'Agent', { runtime: Runtime.NODEJS_22_X });
    report(stack).instrument(fn);
    new Distribution(stack, 'Distribution', {
      defaultBehavior: {
        origin: new HttpOrigin('example.com'),
        edgeLambdas: [
          { functionVersion: fn.currentVersion, eventType: LambdaEdgeEventType.ORIGIN_REQUEST },
        ],
      },
    });

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      'Stack/Agent runs at the edge (Lambda@Edge)',
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
  ])('another value of one of our variables, set %s', (_, order) => {
    const stack = newStack();
    const fn = addFunction(stack);

    order(fn, () => report(stack).instrument(fn));

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      "[Stack/Agent] Stack/Agent has XPANDER_AGENT_ID already, with another value ('agent-2') than TaskReporting would give it ('agent-123'). Take one of them away.",
    );
  });

  test('no agent, and no key', () => {
    const stack = newStack();
    new TaskReporting(stack, 'TaskReporting').instrument(addFunction(stack));

    const refusal = errorMessageOf(() => Template.fromStack(stack));

    expect(refusal).toContain(
      'Stack/Agent has no agent. Give agentId to TaskReporting or to instrument().',
    );
    expect(refusal).toContain(
      'Stack/Agent has no API key. Give apiKeySecret, the secret that holds it.',
    );
  });

  test('a secret and a key at once, without showing the key', () => {
    const stack = newStack();
    const environment = { XPANDER_API_KEY: 'key-of-mine' };
    report(stack).instrument(addFunction(stack, 'Agent', { environment }));

    const refusal = errorMessageOf(() => Template.fromStack(stack));

    expect(refusal).toContain(
      'Stack/Agent has both a secret (apiKeySecret) and the key itself (XPANDER_API_KEY). Take XPANDER_API_KEY away.',
    );
    expect(refusal).not.toContain('key-of-mine');
  });

  test('two other exec wrappers', () => {
    const stack = newStack();
    const environment = {
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/one',
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/two',
    };
    report(stack).instrument(addFunction(stack, 'Agent', { environment }));

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(
      "Stack/Agent has two exec wrappers, AWS_LAMBDA_EXEC_WRAPPER ('/opt/one') and XPANDER_NEXT_EXEC_WRAPPER ('/opt/two'), and only one of them can follow that of TaskReporting. Take one of them away.",
    );
  });
});

describe('synth accepts', () => {
  test('the same value of one of our variables', () => {
    const stack = newStack();
    const agent = new CfnParameter(stack, 'AgentId').valueAsString;
    const fn = addFunction(stack, 'Agent', { environment: { XPANDER_AGENT_ID: agent } });

    report(stack, { agentId: agent }).instrument(fn);

    expect(functionIn(stack).Environment?.Variables).toHaveProperty('XPANDER_AGENT_ID', {
      Ref: 'AgentId',
    });
  });

  test('an empty value, which counts as none', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', { environment: { XPANDER_AGENT_ID: '' } });

    report(stack).instrument(fn);

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
      "Warning: Stack/Agent has its API key in XPANDER_API_KEY, where everyone can read it who sees the template or the function's configuration. Put it into a secret, and give that as apiKeySecret. [ack: xpander-lambda:plainApiKey]",
    ]);
  });

  test('a log level that hides lost reports, with a warning that says how to fix it', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.FATAL,
    });

    report(stack).instrument(fn);

    expect(annotationsOf(stack)).toEqual([
      'Warning: Stack/Agent logs nothing below FATAL, which hides the reports that are lost: they are logged at ERROR, with all that is needed to send them again. Set applicationLogLevelV2 to ApplicationLogLevel.ERROR or a more detailed level. [ack: xpander-lambda:hiddenErrors]',
    ]);
  });

  test('neither agent nor key where reporting is switched off', () => {
    const stack = newStack();

    new TaskReporting(stack, 'TaskReporting', { disabled: true }).instrument(addFunction(stack));

    expect(functionIn(stack).Environment?.Variables).toHaveProperty('XPANDER_DISABLED', 'true');
  });
});

function report(stack: Stack, props: TaskReportingProps = {}): TaskReporting {
  return new TaskReporting(stack, 'TaskReporting', {
    agentId: 'agent-123',
    apiKeySecret: importSecret(stack),
    ...props,
  });
}

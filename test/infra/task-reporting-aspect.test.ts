import { Aspects, type IAspect, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DnsValidatedCertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { experimental } from 'aws-cdk-lib/aws-cloudfront';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  CfnFunction,
  Code,
  DockerImageCode,
  DockerImageFunction,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { EvaluateExpression } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import {
  AwsCustomResource,
  AwsCustomResourcePolicy,
  PhysicalResourceId,
  Provider,
} from 'aws-cdk-lib/custom-resources';
import type { IConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  TaskReporting,
  TaskReportingAspect,
  type TaskReportingAspectProps,
} from '../../infra/index.ts';
import {
  addFunction,
  annotationsOf,
  errorMessageOf,
  functionIn,
  idsOf,
  importSecret,
  newApp,
  newStack,
  variablesIn,
} from './stacks.ts';

describe('an aspect instruments', () => {
  test('every Node.js function of an app, with one layer in each stack', () => {
    const app = newApp();
    const [one, two] = [new Stack(app, 'One'), new Stack(app, 'Two')];
    const nested = new NestedStack(two, 'Nested');
    for (const stack of [one, two, nested]) {
      addFunction(stack, 'First');
      addFunction(stack, 'Second');
    }

    addAspect(app, one);

    for (const stack of [one, two, nested]) {
      expect(idsOf(stack, 'AWS::Lambda::LayerVersion')).toHaveLength(1);
      for (const id of ['First', 'Second']) {
        expect(functionIn(stack, id).Layers).toHaveLength(1);
        expect(variablesIn(stack, id)).toHaveProperty('XPANDER_AGENT_ID', 'agent-123');
      }
    }
  });

  test.each([true, false])(
    'functions that other aspects add, and chains wrappers that they set (stabilization: %s)',
    (stabilization) => {
      const app = newApp({ context: { '@aws-cdk/core:aspectStabilization': stabilization } });
      const stack = new Stack(app, 'Stack');
      addFunction(stack);

      addAspect(app, stack);
      Aspects.of(app).add(
        visiting((node) => {
          if (node === stack) addFunction(stack, 'Added');
          if (node instanceof LambdaFunction) {
            node.addEnvironment('AWS_LAMBDA_EXEC_WRAPPER', '/opt/otel-handler');
          }
        }),
      );

      for (const id of ['Agent', 'Added']) {
        expect(functionIn(stack, id).Layers).toHaveLength(1);
        expect(variablesIn(stack, id)).toMatchObject({
          AWS_LAMBDA_EXEC_WRAPPER: '/opt/xpander-lambda/exec-wrapper',
          XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler',
        });
      }
    },
  );

  test('the functions of a stage it is added to', () => {
    const app = newApp();
    const stage = new Stage(app, 'Production');
    const stack = new Stack(stage, 'Stack');
    addFunction(stack);

    addAspect(stage, stack);

    expect(functionIn(stack).Layers).toHaveLength(1);
  });

  test('a function that TaskReporting has instrumented not again, so that it keeps its options', () => {
    const stack = newStack();
    const apiKeySecret = importSecret(stack);
    const reporting = new TaskReporting(stack, 'TaskReporting', { agentId: 'mine', apiKeySecret });
    reporting.instrument(addFunction(stack));
    addFunction(stack, 'Other');

    Aspects.of(stack).add(
      new TaskReportingAspect({ agentId: 'all', apiKeySecret, sentinel: true }),
    );

    expect(variablesIn(stack)).toHaveProperty('XPANDER_AGENT_ID', 'mine');
    expect(functionIn(stack).Layers).toHaveLength(1);
    expect(variablesIn(stack, 'Other')).toHaveProperty('XPANDER_AGENT_ID', 'all');
    expect(annotationsOf(stack)).toEqual([]);
  });

  test('a function once if there are several aspects', () => {
    const app = newApp();
    const stack = new Stack(app, 'Stack');
    addFunction(stack);
    const apiKeySecret = importSecret(stack);

    Aspects.of(app).add(new TaskReportingAspect({ agentId: 'one', apiKeySecret }));
    Aspects.of(stack).add(new TaskReportingAspect({ agentId: 'two', apiKeySecret }));

    expect(variablesIn(stack)).toHaveProperty('XPANDER_AGENT_ID', 'one');
    expect(functionIn(stack).Layers).toHaveLength(1);
    expect(annotationsOf(stack)).toEqual([
      "Warning: Stack/Agent is in the scope of two TaskReportingAspects with different options: the first one applies, the second one has no effect. Add it to 'exclude' of one of them. [ack: xpander-lambda:secondAspect]",
    ]);
  });
});

describe('an aspect selects', () => {
  test.each<[string, TaskReportingAspectProps, string[]]>([
    ['functions by path', { include: 'Stack/Agents/One' }, ['One']],
    ['functions by the start of a path', { include: 'Stack/Agents/*' }, ['One', 'Two']],
    ['functions by pattern', { include: /One|Two/g }, ['One', 'Two']],
    [
      'functions by predicate',
      { include: ({ timeout }) => timeout === undefined },
      ['One', 'Two', 'Three'],
    ],
    ['all functions except excluded ones', { exclude: ['*/One', /Three/] }, ['Two']],
    [
      'included functions except excluded ones',
      { include: 'Stack/Agents/*', exclude: '*Two' },
      ['One'],
    ],
    ['nothing by a text that matches only a part of a path', { include: 'Agents' }, []],
  ])('%s', (_, filters, expected) => {
    const stack = newStack();
    const agents = new NestedStack(stack, 'Agents');
    const functions = [
      addFunction(agents, 'One'),
      addFunction(agents, 'Two'),
      addFunction(stack, 'Three'),
    ];

    addAspect(stack, stack, filters);

    const instrumented = functions.filter(
      (fn) => functionIn(Stack.of(fn), fn.node.id).Layers !== undefined,
    );
    expect(instrumented.map(({ node }) => node.id)).toEqual(expected);
  });
});

describe('an aspect ignores', () => {
  test('functions of CDK itself', () => {
    const stack = newStack('us-east-1');
    const handler = addFunction(stack, 'Handler');
    void handler.logGroup;
    const bucket = new Bucket(stack, 'Bucket');
    bucket.addEventNotification(EventType.OBJECT_CREATED, new LambdaDestination(handler));
    new Provider(stack, 'Provider', { onEventHandler: handler, isCompleteHandler: handler });
    new AwsCustomResource(stack, 'Call', {
      onCreate: {
        service: 's3',
        action: 'listBuckets',
        physicalResourceId: PhysicalResourceId.of('x'),
      },
      policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: ['*'] }),
    });
    new DnsValidatedCertificate(stack, 'Certificate', {
      domainName: 'example.com',
      hostedZone: new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }),
    });
    new StateMachine(stack, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(
        new EvaluateExpression(stack, 'Evaluate', { expression: '1 + 1' }),
      ),
    });

    addAspect(stack, stack);

    const functions = Template.fromStack(stack).findResources('AWS::Lambda::Function');
    const instrumented = Object.entries(functions).filter(
      ([, { Properties }]) => Properties.Layers,
    );
    expect(Object.keys(functions).length).toBeGreaterThan(7);
    expect(instrumented.map(([id]) => id)).toEqual([expect.stringMatching(/^Handler/)]);
    expect(annotationsOf(stack).filter((text) => text.includes('xpander'))).toEqual([]);
  });

  test('the providers of table replicas in other regions', () => {
    const stack = newStack('us-east-1');
    new Table(stack, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      replicationRegions: ['eu-west-1'],
    });

    addAspect(stack, stack);

    for (const nested of stack.node.findAll().filter((node) => NestedStack.isNestedStack(node))) {
      expect(idsOf(nested as NestedStack, 'AWS::Lambda::LayerVersion')).toEqual([]);
    }
    expect(idsOf(stack, 'AWS::Lambda::LayerVersion')).toEqual([]);
  });

  test('other languages, old Node.js versions and images, with an annotation', () => {
    const stack = newStack();
    addFunction(stack, 'Python', { runtime: Runtime.PYTHON_3_13 });
    addFunction(stack, 'Old', { runtime: Runtime.NODEJS_20_X });
    new DockerImageFunction(stack, 'Image', {
      code: DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, 'Images', 'agents')),
    });

    addAspect(stack, stack);

    expect(idsOf(stack, 'AWS::Lambda::LayerVersion')).toEqual([]);
    expect(annotationsOf(stack)).toEqual([
      expect.stringMatching(/^Warning: Not reported: Stack\/Old runs on nodejs20\.x, which/),
      expect.stringMatching(/^Warning: Not reported: Stack\/Image is a container image, .*COPY /),
      expect.stringMatching(/^Info: Not reported: Stack\/Python runs on python3\.13, but/),
    ]);
  });

  test('Lambda@Edge functions, also in the stack that CDK creates for them', () => {
    const app = newApp();
    const stack = new Stack(app, 'Stack', {
      env: { account: '123456789012', region: 'eu-west-1' },
    });
    new experimental.EdgeFunction(stack, 'Edge', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {}'),
    });

    addAspect(app, stack);

    for (const each of app.node.children.filter((node) => Stack.isStack(node))) {
      expect(idsOf(each as Stack, 'AWS::Lambda::LayerVersion')).toEqual([]);
    }
  });

  test('imported functions', () => {
    const stack = newStack();
    LambdaFunction.fromFunctionName(stack, 'Imported', 'agent');
    addFunction(stack, 'Other');

    addAspect(stack, stack);

    expect(functionIn(stack, 'Other').Layers).toHaveLength(1);
    expect(annotationsOf(stack)).toEqual([]);
  });

  test('a CfnFunction, with a warning', () => {
    const stack = newStack();
    new CfnFunction(stack, 'Bare', {
      code: { zipFile: 'exports.handler = async () => {}' },
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      role: 'arn:aws:iam::123456789012:role/agents',
    });

    addAspect(stack, stack);

    expect(functionIn(stack, 'Bare').Layers).toBeUndefined();
    expect(annotationsOf(stack)).toEqual([
      "Warning: Stack/Bare is not reported: it is a CfnFunction, whose role is unknown. Use a Function of aws-cdk-lib/aws-lambda, or add the resource to 'exclude'. [ack: xpander-lambda:cfnFunction]",
    ]);
  });
});

describe('an aspect', () => {
  test('throws for an unknown option', () => {
    expect(errorMessageOf(() => new TaskReportingAspect({ agent: 'x' } as never))).toContain(
      "TaskReportingAspect: unknown option 'agent'.",
    );
  });

  test('of the user can call instrument()', () => {
    const stack = newStack();
    addFunction(stack);
    const reporting = new TaskReporting(stack, 'TaskReporting', {
      agentId: 'agent-123',
      apiKeySecret: importSecret(stack),
    });

    Aspects.of(stack).add(
      visiting((node) => {
        if (node instanceof LambdaFunction) reporting.instrument(node);
      }),
    );

    expect(functionIn(stack).Layers).toHaveLength(1);
  });
});

function addAspect(scope: IConstruct, stack: Stack, props: TaskReportingAspectProps = {}): void {
  const apiKeySecret = importSecret(stack);
  Aspects.of(scope).add(new TaskReportingAspect({ agentId: 'agent-123', apiKeySecret, ...props }));
}

function visiting(visit: (node: IConstruct) => void): IAspect {
  return { visit };
}

import { CfnParameter, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Alias,
  Architecture,
  Code,
  Runtime,
  SingletonFunction,
  Version,
} from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import { TaskReporting } from '../../infra/index.ts';
import {
  addFunction,
  addTaskReporting,
  errorMessageOf,
  functionIn,
  idsOf,
  importSecret,
  newApp,
  newStack,
  statementsIn,
  variablesIn,
  wrapper,
} from './stacks.ts';

describe('a function', () => {
  test('gets layer, variables and access to the secret, and nothing else', () => {
    const bare = newStack();
    addFunction(bare, 'Agent', { environment: { TABLE: 'tasks' }, description: 'An agent' });
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      environment: { TABLE: 'tasks' },
      description: 'An agent',
    });
    const apiKeySecret = importSecret(stack);

    new TaskReporting(stack, 'TaskReporting', { agentId: 'agent-123', apiKeySecret }).instrument(
      fn,
    );

    const { Resources } = Template.fromStack(stack).toJSON();
    const before = Template.fromStack(bare).toJSON()['Resources'];
    const layer = idsOf(stack, 'AWS::Lambda::LayerVersion')[0]!;
    const policy = idsOf(stack, 'AWS::IAM::Policy')[0]!;
    const [id] = idsOf(bare, 'AWS::Lambda::Function');
    before[id!].Properties.Layers = [{ Ref: layer }];
    Object.assign(before[id!].Properties.Environment.Variables, {
      AWS_LAMBDA_EXEC_WRAPPER: wrapper,
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY_SECRET: 'xpander/api-key',
    });
    before[id!].DependsOn.unshift(policy);
    expect(Object.keys(Resources).sort()).toEqual([...Object.keys(before), layer, policy].sort());
    for (const name of Object.keys(before)) expect(Resources[name]).toEqual(before[name]);
    expect(statementsIn(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':secretsmanager:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':secret:xpander/api-key-??????',
            ],
          ],
        },
      },
    ]);
  });

  test.each([Architecture.ARM_64, Architecture.X86_64])('of %s is instrumented', (architecture) => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', { architecture });

    addTaskReporting(stack).instrument(fn);

    expect(functionIn(stack).Layers).toHaveLength(1);
  });

  test.each([Runtime.NODEJS_22_X, Runtime.NODEJS_24_X, Runtime.NODEJS_LATEST])(
    'that runs on %s is instrumented',
    (runtime) => {
      const stack = newStack();
      const fn = addFunction(stack, 'Agent', { runtime });

      addTaskReporting(stack).instrument(fn);

      expect(functionIn(stack).Layers).toHaveLength(1);
    },
  );

  test('gets the options of instrument() in addition to those of the construct', () => {
    const stack = newStack();
    const one = addFunction(stack, 'One');
    const two = addFunction(stack, 'Two');
    const three = addFunction(stack, 'Three');
    const reporting = new TaskReporting(stack, 'TaskReporting', {
      agentId: 'agent-1',
      apiKeySecret: importSecret(stack),
      capture: 'shape',
    });

    reporting.instrument(one);
    reporting.instrument(two, three, { agentId: 'agent-2', sentinel: true });

    expect(variablesIn(stack, 'One')).toMatchObject({
      XPANDER_AGENT_ID: 'agent-1',
      XPANDER_CAPTURE: 'shape',
    });
    for (const id of ['Two', 'Three']) {
      expect(variablesIn(stack, id)).toMatchObject({
        XPANDER_AGENT_ID: 'agent-2',
        XPANDER_CAPTURE: 'shape',
      });
      expect(functionIn(stack, id).Layers).toHaveLength(2);
    }
    expect(functionIn(stack, 'One').Layers).toHaveLength(1);
  });

  test('can be instrumented twice with the same options', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    const reporting = addTaskReporting(stack, { redact: [/x/] });

    reporting.instrument(fn, fn);
    reporting.instrument(fn);

    expect(functionIn(stack).Layers).toHaveLength(1);
  });

  test('cannot be instrumented twice with different options', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    const reporting = addTaskReporting(stack);
    reporting.instrument(fn);

    expect(errorMessageOf(() => reporting.instrument(fn, { agentId: 'agent-2' }))).toBe(
      'Stack/Agent is already instrumented with other options. Instrument it once, with all its options.',
    );
  });

  test('can have tokens as agent, name and limits', () => {
    const stack = newStack();
    const agent = new CfnParameter(stack, 'AgentId');
    const name = new CfnParameter(stack, 'Name');
    const bytes = new CfnParameter(stack, 'Bytes', { type: 'Number' });
    const fn = addFunction(stack, 'Agent', { functionName: name.valueAsString });

    addTaskReporting(stack, {
      agentId: agent.valueAsString,
      maxBytes: bytes.valueAsNumber,
    }).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({
      XPANDER_AGENT_ID: { Ref: 'AgentId' },
      XPANDER_MAX_BYTES: { Ref: 'Bytes' },
    });
  });

  test('can set its own agent', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', { environment: { XPANDER_AGENT_ID: 'agent-7' } });

    new TaskReporting(stack, 'TaskReporting', { apiKeySecret: importSecret(stack) }).instrument(fn);

    expect(variablesIn(stack)).toMatchObject({ XPANDER_AGENT_ID: 'agent-7' });
  });
});

describe('instrument() accepts', () => {
  test('an alias, and publishes a new version of its function', () => {
    const version = (withReporting: boolean) => {
      const stack = newStack();
      const fn = addFunction(stack);
      const alias = new Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion });
      if (withReporting) addTaskReporting(stack).instrument(alias);
      const layers = functionIn(stack).Layers ?? [];
      return { id: idsOf(stack, 'AWS::Lambda::Version')[0], layers };
    };

    const [bare, instrumented] = [version(false), version(true)];

    expect(instrumented.layers).toHaveLength(1);
    expect(instrumented.id).not.toBe(bare.id);
  });

  test('a version', () => {
    const stack = newStack();
    const fn = addFunction(stack);

    addTaskReporting(stack).instrument(new Version(stack, 'One', { lambda: fn }));

    expect(functionIn(stack).Layers).toHaveLength(1);
  });

  test('a singleton function', () => {
    const stack = newStack();
    const singleton = new SingletonFunction(stack, 'Singleton', {
      uuid: 'f7d4f730-4ee1-11e8-9c2d-fa7ae01bbebc',
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {}'),
    });

    addTaskReporting(stack).instrument(singleton);

    expect(functionIn(stack, 'SingletonLambda').Layers).toHaveLength(1);
  });
});

describe('functions of several stacks', () => {
  test('share one layer in each stack, nested stacks included', () => {
    const app = newApp();
    const [one, two] = [new Stack(app, 'One'), new Stack(app, 'Two')];
    const nested = new NestedStack(two, 'Nested');
    const secret = importSecret(one);
    const reporting = new TaskReporting(one, 'TaskReporting', {
      agentId: 'agent-1',
      apiKeySecret: secret,
    });

    for (const stack of [one, two, nested]) {
      reporting.instrument(addFunction(stack, 'First'), addFunction(stack, 'Second'));
    }

    for (const stack of [one, two, nested]) {
      const [layer, ...others] = idsOf(stack, 'AWS::Lambda::LayerVersion');
      expect(others).toEqual([]);
      for (const id of ['First', 'Second']) {
        expect(functionIn(stack, id).Layers).toEqual([{ Ref: layer }]);
      }
    }
    expect(Object.keys(Template.fromStack(one).toJSON())).not.toContain('Outputs');
  });

  test('can be in stages', () => {
    const app = newApp();
    const stage = new Stage(app, 'Production');
    const stack = new Stack(stage, 'Stack');
    addTaskReporting(stack).instrument(addFunction(stack));

    const assembly = app.synth().getNestedAssembly('assembly-Production');

    expect(Object.values(assembly.stacks[0]!.template.Resources)).toContainEqual(
      expect.objectContaining({ Type: 'AWS::Lambda::LayerVersion' }),
    );
  });

  test('can be instrumented by one construct of the app', () => {
    const app = newApp();
    const reporting = new TaskReporting(app, 'TaskReporting', { agentId: 'agent-1' });
    const stack = new Stack(app, 'Stack');

    reporting.instrument(addFunction(stack), { apiKeySecret: importSecret(stack) });

    expect(functionIn(stack).Layers).toHaveLength(1);
  });
});

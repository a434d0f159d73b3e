import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnParameter, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { TaskReportingProps } from '../../infra/index.ts';
import {
  addFunction,
  addTaskReporting,
  errorMessageOf,
  functionIn,
  idsOf,
  newStack,
} from './stacks.ts';

const reporterArn = 'arn:aws:lambda:eu-central-1:123456789012:layer:xpander-lambda:3';
const sentinelArn = 'arn:aws:lambda:eu-central-1:123456789012:layer:xpander-lambda-sentinel:2';

describe('the layer', () => {
  test('contains the files of this package', () => {
    const stack = newStack();

    instrument(stack, {});

    const assembly = App.of(stack)!.node.root as App;
    const [asset] = Object.values(
      Template.fromStack(stack).findResources('AWS::Lambda::LayerVersion'),
    );
    const { S3Key } = asset!['Properties'].Content;
    const zip = readFileSync(join(assembly.outdir, `asset.${S3Key}`));
    expect(Object.keys(unzipSync(zip))).toContain('xpander-lambda/exec-wrapper');
    expect(asset!['Properties']).toEqual({
      CompatibleArchitectures: ['x86_64', 'arm64'],
      CompatibleRuntimes: ['nodejs22.x', 'nodejs24.x'],
      Content: expect.anything(),
      Description: 'Reports the tasks of AI agents to xpander.ai',
    });
  });

  test('can be combined with the sentinel layer', () => {
    const stack = newStack();

    instrument(stack, { sentinel: true });

    expect(idsOf(stack, 'AWS::Lambda::LayerVersion')).toHaveLength(2);
    expect(functionIn(stack).Layers).toHaveLength(2);
  });

  test('can be a published layer version', () => {
    const stack = newStack();

    instrument(stack, { layer: { arn: reporterArn }, sentinel: { arn: sentinelArn } });

    expect(functionIn(stack).Layers).toEqual([reporterArn, sentinelArn]);
    expect(idsOf(stack, 'AWS::Lambda::LayerVersion')).toEqual([]);
  });

  test('can be read from an SSM parameter', () => {
    const stack = newStack();

    instrument(stack, { layer: { ssmParameter: '/xpander/reporter-layer-arn' } });

    const [[id, parameter]] = Object.entries(
      Template.fromStack(stack).findParameters('*', { Type: 'AWS::SSM::Parameter::Value<String>' }),
    ).filter(([, { Default }]) => Default === '/xpander/reporter-layer-arn') as [[string, unknown]];
    expect(parameter).toBeDefined();
    expect(functionIn(stack).Layers).toEqual([{ Ref: id }]);
  });

  test('can be read from an SSM parameter whose name is a token', () => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name').valueAsString;

    instrument(stack, { layer: { ssmParameter: name } });

    expect(functionIn(stack).Layers).toEqual([
      { 'Fn::Join': ['', ['{{resolve:ssm:', { Ref: 'Name' }, '}}']] },
    ]);
  });

  test('can be a token', () => {
    const stack = newStack();
    const arn = new CfnParameter(stack, 'Arn').valueAsString;

    instrument(stack, { layer: { arn } });

    expect(functionIn(stack).Layers).toEqual([{ Ref: 'Arn' }]);
  });

  test('is not added twice', () => {
    const stack = newStack();
    const layer = LayerVersion.fromLayerVersionArn(stack, 'Layer', reporterArn);
    const fn = addFunction(stack, 'Agent', { layers: [layer] });

    addTaskReporting(stack, { layer: { arn: reporterArn } }).instrument(fn);

    expect(functionIn(stack).Layers).toEqual([reporterArn]);
  });

  test('must be in the region of the function', () => {
    const stack = newStack('us-east-1');

    expect(errorMessageOf(() => instrument(stack, { layer: { arn: reporterArn } }))).toBe(
      `Stack/Agent cannot be instrumented: the layer ${reporterArn} is in eu-central-1, but the function is in us-east-1. Publish the layer in us-east-1 and use its ARN, or remove 'layer' to use the layer of this package.`,
    );
  });

  test('is added to layers that are set before and after it', () => {
    const stack = newStack();
    const [one, two] = ['one', 'two'].map((name) =>
      LayerVersion.fromLayerVersionArn(stack, name, reporterArn.replace('xpander-lambda', name)),
    );
    const fn = addFunction(stack, 'Agent', { layers: [one!] });

    addTaskReporting(stack, { layer: { arn: reporterArn } }).instrument(fn);
    fn.addLayers(two!);

    expect(functionIn(stack).Layers).toEqual([
      expect.stringContaining(':one:'),
      reporterArn,
      expect.stringContaining(':two:'),
    ]);
  });
});

function instrument(stack: Stack, props: TaskReportingProps): void {
  addTaskReporting(stack, props).instrument(addFunction(stack));
}

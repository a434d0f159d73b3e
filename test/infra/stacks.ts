/** CDK apps, stacks and functions as users write them, and readers of the resulting templates. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { onTestFinished } from 'vitest';
import { minMemoryMb } from '../../infra/function-check.ts';
import { TaskReporting, type TaskReportingProps } from '../../infra/index.ts';

export const wrapper = '/opt/xpander-lambda/exec-wrapper';

export type FunctionSettings = Partial<ConstructorParameters<typeof LambdaFunction>[2]>;

/** An app whose output folder is deleted after the test. */
export function newApp(props: AppProps = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
  return new App({ outdir, ...props });
}

/** A stack in a separate app. */
export function newStack(region?: string): Stack {
  return new Stack(newApp(), 'Stack', region === undefined ? {} : { env: { region } });
}

export function addFunction(
  scope: Construct,
  id = 'Agent',
  settings: FunctionSettings = {},
): LambdaFunction {
  return new LambdaFunction(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {}'),
    memorySize: minMemoryMb,
    ...settings,
  });
}

export function importSecret(scope: Construct, name = 'xpander/api-key'): ISecret {
  return Secret.fromSecretNameV2(scope, 'ApiKey', name);
}

/** A `TaskReporting` with an agent and an imported secret, unless `props` replace them. */
export function addTaskReporting(scope: Construct, props: TaskReportingProps = {}): TaskReporting {
  return new TaskReporting(scope, 'TaskReporting', {
    agentId: 'agent-123',
    ...props,
    apiKeySecret: props.apiKeySecret ?? importSecret(scope),
  });
}

export interface FunctionProperties {
  readonly Layers?: readonly unknown[];
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly Runtime?: unknown;
  readonly Role?: unknown;
}

/** The properties of a stack's functions, by the start of their logical ids. */
export function functionIn(stack: Stack, id = 'Agent'): FunctionProperties {
  const functions = Template.fromStack(stack).findResources('AWS::Lambda::Function');
  const found = Object.entries(functions).filter(([name]) => name.startsWith(id));
  if (found.length !== 1) {
    throw new Error(`Found ${found.length} functions ${id}* in ${Object.keys(functions)}.`);
  }
  return found[0]![1]['Properties'];
}

export function variablesIn(stack: Stack, id = 'Agent'): Readonly<Record<string, unknown>> {
  return functionIn(stack, id).Environment?.Variables ?? {};
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** The statements of all policies of a stack, without managed policies. */
export function statementsIn(stack: Stack): Statement[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).flatMap(
    (policy) => policy['Properties'].PolicyDocument.Statement,
  );
}

/** The logical ids of the resources of a type. */
export function idsOf(stack: Stack, type: string): string[] {
  return Object.keys(Template.fromStack(stack).findResources(type));
}

/** Errors, warnings and infos that synth adds to a stack. */
export function annotationsOf(stack: Stack): string[] {
  const annotations = Annotations.fromStack(stack);
  const any = Match.anyValue();
  return [
    ...annotations.findError('*', any).map(({ entry }) => `Error: ${entry.data}`),
    ...annotations.findWarning('*', any).map(({ entry }) => `Warning: ${entry.data}`),
    ...annotations.findInfo('*', any).map(({ entry }) => `Info: ${entry.data}`),
  ];
}

/** The message of the error that a synth or a call throws. */
export function errorMessageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('No error was thrown.');
}

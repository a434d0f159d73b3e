/** A function as users deploy it, and what its caller gets without the layer. */
import type { InvocationResult } from '../../support/lambda/invocation-result.ts';
import type { LambdaOptions } from '../../support/lambda/lambda.ts';
import type { CallerLeaves } from '../../support/lambda/posted-answer.ts';
import type { ManagedRuntime } from '../../support/runtime-client/runtime-client.ts';

export interface Shape {
  readonly name: string;
  /** The function's folder: paths in it and what they hold; a path that ends in / is a folder. */
  readonly files: Readonly<Record<string, string>>;
  /** @default 'index.handler' */
  readonly handler?: string;
  /** One environment gets these events, one after the other. */
  readonly runs: readonly Run[] | Readonly<Record<ManagedRuntime, readonly Run[]>>;
  /** @default both */
  readonly runtimes?: readonly ManagedRuntime[];
  /** The function's own variables. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** What else is configured. @default as in Lambda */
  readonly options?: Pick<LambdaOptions, 'timeoutMs' | 'managedInstances' | 'entryPoint'>;
}

export interface Run {
  readonly event: unknown;
  /** @default the caller of a stream stays to its end */
  readonly callerLeaves?: CallerLeaves;
  /** What the bare function gives, so that no shape compares two accidents. */
  readonly gives: Gives;
  /** What the platform is told of it. */
  readonly report: 'completed' | 'failed' | 'nothing';
}

export interface Gives {
  readonly kind: InvocationResult['kind'];
  readonly body?: string;
  readonly errorType?: string;
  readonly exitCode?: number;
}

/** @param body - what the caller reads; undefined if only the comparison matters */
export function answers(body?: string, event: unknown = {}): Run {
  const gives = { kind: 'response', ...(body === undefined ? {} : { body }) } as const;
  return { event, gives, report: 'completed' };
}

export function fails(errorType: string, event: unknown = {}): Run {
  return { event, gives: { kind: 'error', errorType }, report: 'failed' };
}

/** A load error, which belongs to no invocation. */
export function doesNotLoad(errorType: string): Run {
  return { event: {}, gives: { kind: 'init-error', errorType }, report: 'nothing' };
}

/** The process ends, and the next one reports the task. */
export function exits(exitCode: number, event: unknown = {}): Run {
  return { event, gives: { kind: 'exit', exitCode }, report: 'failed' };
}

/** The process ends before the handler is loaded. */
export function exitsAtLoad(exitCode: number): Run {
  return { ...exits(exitCode), report: 'nothing' };
}

export function endsAtLoad({ gives, report }: Run): boolean {
  return gives.kind === 'init-error' || (gives.kind === 'exit' && report === 'nothing');
}

/** A function in one ES module. */
export function esModule(name: string, source: string, ...runs: readonly Run[]): Shape {
  return { name: `ES module: ${name}`, files: { 'index.mjs': source }, runs };
}

/** A function in one CommonJS module. */
export function commonJs(name: string, source: string, ...runs: readonly Run[]): Shape {
  return { name: `CommonJS: ${name}`, files: { 'index.js': source }, runs };
}

/** A function with different outcomes on the runtimes. */
export function onEach(shape: Shape, node24: Run, node22: Run): Shape {
  return { ...shape, runs: { 'nodejs24.x': [node24], 'nodejs22.x': [node22] } };
}

export const onNode24: readonly ManagedRuntime[] = ['nodejs24.x'];
export const onNode22: readonly ManagedRuntime[] = ['nodejs22.x'];

import { Annotations, type IAspect } from 'aws-cdk-lib';
import { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { type FunctionFilter, isSelected } from './function-filter.ts';
import { instrumentationOf, instrumentFunction } from './instrument-function.ts';
import { checkProps, type TaskReportingProps } from './task-reporting-props.ts';
import { isPartOfCdk, type UnsupportedReason, unsupportedReasonOf } from './unsupported-reason.ts';

/** How functions are reported, and which ones. */
export interface TaskReportingAspectProps extends TaskReportingProps {
  /** Functions to instrument. @default - all Node.js functions in scope */
  readonly include?: FunctionFilter | readonly FunctionFilter[] | undefined;
  /** Functions to exclude from those. @default - none */
  readonly exclude?: FunctionFilter | readonly FunctionFilter[] | undefined;
}

/**
 * Reports all Node.js functions in scope to xpander.ai. Functions that `TaskReporting` has instrumented
 * keep their options. Functions of CDK itself (providers of custom resources) are ignored. Functions
 * that do not support the layer are skipped with an annotation.
 *
 * @example
 * ```ts
 * import { type App, Aspects } from 'aws-cdk-lib';
 * import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
 * import { TaskReportingAspect } from 'xpander-lambda/cdk';
 *
 * declare const app: App;
 * declare const apiKeySecret: ISecret;
 *
 * Aspects.of(app).add(
 *   new TaskReportingAspect({ agentId: 'agent-123', apiKeySecret, exclude: 'Admin/*' }),
 * );
 * ```
 */
export class TaskReportingAspect implements IAspect {
  readonly #options: TaskReportingProps;
  readonly #include: FunctionFilter | readonly FunctionFilter[];
  readonly #exclude: FunctionFilter | readonly FunctionFilter[];

  /** @throws Error if an option is invalid */
  constructor({ include = '*', exclude = [], ...options }: TaskReportingAspectProps = {}) {
    checkProps(options, 'TaskReportingAspect');
    this.#options = options;
    this.#include = include;
    this.#exclude = exclude;
  }

  visit(node: IConstruct): void {
    if (node instanceof LambdaFunction) this.#visitFunction(node);
    else if (node instanceof CfnFunction) this.#visitResource(node);
  }

  #visitFunction(fn: LambdaFunction): void {
    if (!this.#isSelected(fn) || isPartOfCdk(fn)) return;
    const instrumented = instrumentationOf(fn, this.#options);
    if (instrumented !== undefined) {
      // The options of TaskReporting for a single function win over those of an aspect.
      if (instrumented.by === 'aspect' && !instrumented.hasSameOptions) annotateSecondAspect(fn);
      return;
    }
    const unsupported = unsupportedReasonOf(fn);
    if (unsupported === undefined) instrumentFunction(fn, this.#options, 'aspect');
    else annotate(fn, unsupported);
  }

  #visitResource(resource: CfnFunction): void {
    if (resource.node.scope instanceof LambdaFunction || !this.#isSelected(resource)) return;
    Annotations.of(resource).addWarningV2(
      'xpander-lambda:cfnFunction',
      `${resource.node.path} is not reported: it is a CfnFunction, whose role is unknown. Use a Function of aws-cdk-lib/aws-lambda, or add the resource to 'exclude'.`,
    );
  }

  #isSelected(node: LambdaFunction | CfnFunction): boolean {
    return isSelected(node, this.#include) && !isSelected(node, this.#exclude);
  }
}

function annotate(fn: LambdaFunction, { kind, message }: UnsupportedReason): void {
  const text = `Not reported: ${message}`;
  // Another language is normal in an app; the other reasons may be mistakes.
  if (kind === 'language') Annotations.of(fn).addInfoV2(`xpander-lambda:${kind}`, text);
  else Annotations.of(fn).addWarningV2(`xpander-lambda:${kind}`, text);
}

function annotateSecondAspect(fn: LambdaFunction): void {
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:secondAspect',
    `${fn.node.path} is in the scope of two TaskReportingAspects with different options: the first one applies, the second one has no effect. Add it to 'exclude' of one of them.`,
  );
}

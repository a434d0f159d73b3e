import { Annotations, type IAspect } from 'aws-cdk-lib';
import { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { type FunctionFilter, isSelected } from './function-filter.ts';
import { instrumentationOf, instrumentFunction } from './instrument-function.ts';
import { checkProps, type TaskReportingProps } from './task-reporting-props.ts';
import { belongsToCdk, type Obstacle, obstacleOf } from './unsupported-reason.ts';

/** How functions are reported, and which. */
export interface TaskReportingAspectProps extends TaskReportingProps {
  /** The functions to instrument. @default - every Node.js function in scope */
  readonly include?: FunctionFilter | readonly FunctionFilter[] | undefined;
  /** The functions to leave out, of those that are included. @default - none */
  readonly exclude?: FunctionFilter | readonly FunctionFilter[] | undefined;
}

/**
 * Reports the runs of every Node.js function in scope to xpander.ai. Functions that
 * `TaskReporting` has instrumented keep what they have; what CDK itself brings along (providers of
 * custom resources) is left alone; what takes no layer is left out with an annotation.
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

  /** @throws Error when an option is not usable */
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
    if (!this.#isWanted(fn) || belongsToCdk(fn)) return;
    const instrumented = instrumentationOf(fn, this.#options);
    if (instrumented !== undefined) {
      // What was said of one function by hand counts more than what is said of all.
      if (instrumented.by === 'aspect' && !instrumented.isAlike) annotateSecondAspect(fn);
      return;
    }
    const obstacle = obstacleOf(fn);
    if (obstacle === undefined) instrumentFunction(fn, this.#options, 'aspect');
    else annotate(fn, obstacle);
  }

  #visitResource(resource: CfnFunction): void {
    if (resource.node.scope instanceof LambdaFunction || !this.#isWanted(resource)) return;
    Annotations.of(resource).addWarningV2(
      'xpander-lambda:cfnFunction',
      `${resource.node.path} is not reported: it is a CfnFunction, whose role cannot be found from here. Make it a Function of aws-cdk-lib/aws-lambda, or leave it out with 'exclude'.`,
    );
  }

  #isWanted(node: LambdaFunction | CfnFunction): boolean {
    return isSelected(node, this.#include) && !isSelected(node, this.#exclude);
  }
}

function annotate(fn: LambdaFunction, { kind, message }: Obstacle): void {
  const text = `Not reported: ${message}`;
  // There is nothing to be done about another language; the rest may be a mistake.
  if (kind === 'language') Annotations.of(fn).addInfoV2(`xpander-lambda:${kind}`, text);
  else Annotations.of(fn).addWarningV2(`xpander-lambda:${kind}`, text);
}

function annotateSecondAspect(fn: LambdaFunction): void {
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:secondAspect',
    `${fn.node.path} is in the scope of two TaskReportingAspects with different options: the first one counts, the second one has no effect. Leave it out of one of them with 'exclude'.`,
  );
}

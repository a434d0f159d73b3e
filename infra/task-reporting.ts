import type {
  Alarm,
  CreateAlarmOptions,
  GraphWidget,
  GraphWidgetProps,
  Metric,
  MetricOptions,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { instrumentationOf, instrumentFunction } from './instrument-function.ts';
import { checkProps, type TaskReportingProps } from './task-reporting-props.ts';
import { alarmUndelivered, metricUndelivered, widgetUndelivered } from './undelivered-reports.ts';
import { functionBehind } from './underlying-function.ts';
import { obstacleOf } from './unsupported-reason.ts';

/** What is different for some functions. */
export type InstrumentOverrides = TaskReportingProps;

/**
 * Reports the runs of Lambda functions to xpander.ai, without a change of their code.
 *
 * @example
 * ```ts
 * import type { Stack } from 'aws-cdk-lib';
 * import type { IFunction } from 'aws-cdk-lib/aws-lambda';
 * import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
 * import { TaskReporting } from 'xpander-lambda/cdk';
 *
 * declare const stack: Stack;
 * declare const researcher: IFunction;
 * declare const payments: IFunction;
 *
 * const reporting = new TaskReporting(stack, 'TaskReporting', {
 *   agentId: 'agent-123',
 *   apiKeySecret: Secret.fromSecretNameV2(stack, 'ApiKey', 'xpander/api-key'),
 * });
 * reporting.instrument(researcher);
 * reporting.instrument(payments, { agentId: 'agent-456', capture: 'shape' });
 * ```
 */
export class TaskReporting extends Construct {
  readonly #props: TaskReportingProps;
  readonly #functions = new Set<LambdaFunction>();

  /** @throws Error when an option is not usable */
  constructor(scope: Construct, id: string, props: TaskReportingProps = {}) {
    super(scope, id);
    checkProps(props, `TaskReporting '${this.node.path}'`);
    this.#props = props;
  }

  /**
   * Attaches layer, variables and grants to functions of this app, or to those behind aliases,
   * versions and singletons. It does not matter whether a function gets its own variables before
   * or after. What is only known in the end, such as a conflicting variable, is refused at synth.
   *
   * @param functions - the functions, and as the last one, if wanted, what is different for them
   * @throws Error for what takes no layer (another language, an old Node.js, a container image, an
   *   imported function), has no place for one, or is instrumented with other options
   */
  instrument(...functions: [...IFunction[], IFunction | InstrumentOverrides]): void {
    const where = `TaskReporting '${this.node.path}'`;
    const last = functions.at(-1);
    const overrides = last === undefined || isFunction(last) ? {} : last;
    checkProps(overrides, `${where}, instrument()`);
    const given = functions.filter(isFunction);
    if (given.length === 0) {
      throw new Error(`${where}: instrument() was given no function. Give it one or more.`);
    }
    for (const fn of given) this.#instrument(fn, { ...this.#props, ...overrides });
  }

  /**
   * Counts the reports of a function that were given up: each is a line in its log, from which
   * `xpander-lambda replay` sends it again.
   *
   * @default - the sum over five minutes
   */
  metricUndelivered(fn: IFunction, options: MetricOptions = {}): Metric {
    return metricUndelivered(this.#definedHere(fn, 'metricUndelivered'), options);
  }

  /**
   * An alarm on {@link metricUndelivered}. It has no actions yet: `addAlarmAction()` gives it some.
   *
   * @default - as soon as one report was given up within five minutes
   */
  alarmUndelivered(fn: IFunction, options: Partial<CreateAlarmOptions> = {}): Alarm {
    return alarmUndelivered(this.#definedHere(fn, 'alarmUndelivered'), options);
  }

  /** A dashboard's graph of {@link metricUndelivered}, for all functions instrumented until now. */
  widgetUndelivered(options: GraphWidgetProps = {}): GraphWidget {
    return widgetUndelivered([...this.#functions], options);
  }

  #instrument(given: IFunction, options: TaskReportingProps): void {
    const fn = this.#definedHere(given, 'instrument');
    const obstacle = obstacleOf(fn);
    if (obstacle !== undefined) throw new Error(obstacle.message);
    const instrumented = instrumentationOf(fn, options);
    if (instrumented === undefined) instrumentFunction(fn, options, 'construct');
    else if (!instrumented.isAlike) {
      throw new Error(
        `${fn.node.path} is instrumented already, with other options. Instrument it once, with all that holds for it.`,
      );
    }
    this.#functions.add(fn);
  }

  #definedHere(given: IFunction, method: string): LambdaFunction {
    const fn = functionBehind(given);
    if (fn !== undefined) return fn;
    throw new Error(
      `${given.node.path} is not defined in this app: an imported function cannot be changed, so ${method}() has no effect on it. Call it where the function is defined.`,
    );
  }
}

function isFunction(value: IFunction | InstrumentOverrides): value is IFunction {
  return Construct.isConstruct(value);
}

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
import { underlyingFunction } from './underlying-function.ts';
import { unsupportedReasonOf } from './unsupported-reason.ts';

/** Options that replace those of the construct for some functions. */
export type InstrumentOverrides = TaskReportingProps;

/**
 * Reports Lambda functions to xpander.ai without changes to their code.
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

  /** @throws Error if an option is invalid */
  constructor(scope: Construct, id: string, props: TaskReportingProps = {}) {
    super(scope, id);
    checkProps(props, `TaskReporting '${this.node.path}'`);
    this.#props = props;
  }

  /**
   * Adds the layer, the variables and the permissions to functions of this app. Also accepts aliases,
   * versions and singletons. A function's own variables can be set before or after this call.
   * Conflicts that are only known at synth, such as a variable with another value, fail the synth.
   *
   * @param functions - one or more functions, optionally followed by options for them
   * @throws Error for an unsupported function (another language, an old Node.js, a container image, an
   *   imported function), for one with five layers, and for one that is already instrumented with
   *   other options
   */
  instrument(...functions: [...IFunction[], IFunction | InstrumentOverrides]): void {
    const where = `TaskReporting '${this.node.path}'`;
    const last = functions.at(-1);
    const overrides = last === undefined || isFunction(last) ? {} : last;
    checkProps(overrides, `${where}, instrument()`);
    const given = functions.filter(isFunction);
    if (given.length === 0) {
      throw new Error(`${where}: instrument() needs at least one function.`);
    }
    for (const fn of given) this.#instrument(fn, { ...this.#props, ...overrides });
  }

  /**
   * The number of undelivered reports of a function. Each is a line in the function's log, from which
   * `xpander-lambda replay` sends it again. Adds a metric filter to the log group.
   *
   * @param options - properties of the metric @default - the sum over five minutes
   * @throws Error for an imported function
   */
  metricUndelivered(fn: IFunction, options: MetricOptions = {}): Metric {
    return metricUndelivered(this.#definedHere(fn, 'metricUndelivered'), options);
  }

  /**
   * An alarm on {@link TaskReporting.metricUndelivered}. Add actions with `addAlarmAction()`.
   *
   * @param options - properties of the alarm @default - one undelivered report within five minutes
   * @throws Error for an imported function
   */
  alarmUndelivered(fn: IFunction, options: Partial<CreateAlarmOptions> = {}): Alarm {
    return alarmUndelivered(this.#definedHere(fn, 'alarmUndelivered'), options);
  }

  /**
   * A graph of {@link TaskReporting.metricUndelivered} for a dashboard, with all functions that have
   * been instrumented before this call.
   */
  widgetUndelivered(options: GraphWidgetProps = {}): GraphWidget {
    return widgetUndelivered([...this.#functions], options);
  }

  #instrument(given: IFunction, options: TaskReportingProps): void {
    const fn = this.#definedHere(given, 'instrument');
    const unsupported = unsupportedReasonOf(fn);
    if (unsupported !== undefined) throw new Error(unsupported.message);
    const instrumented = instrumentationOf(fn, options);
    if (instrumented === undefined) instrumentFunction(fn, options, 'construct');
    else if (!instrumented.hasSameOptions) {
      throw new Error(
        `${fn.node.path} is already instrumented with other options. Instrument it once, with all its options.`,
      );
    }
    this.#functions.add(fn);
  }

  #definedHere(given: IFunction, method: string): LambdaFunction {
    const fn = underlyingFunction(given);
    if (fn !== undefined) return fn;
    throw new Error(
      `${given.node.path} is an imported function, which this app cannot change. Call ${method}() in the app that defines the function.`,
    );
  }
}

function isFunction(value: IFunction | InstrumentOverrides): value is IFunction {
  return Construct.isConstruct(value);
}

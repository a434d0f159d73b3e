/** A metric, an alarm and a graph of undelivered reports, counted in the log. */
import {
  type Alarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  GraphWidget,
  type GraphWidgetProps,
  type Metric,
  type MetricOptions,
  Stats,
  TreatMissingData,
  Unit,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { environmentVariables } from '../src/config/environment.ts';
import { logLevelHidingErrors } from './hidden-errors.ts';
import { propertiesOf } from './rendered-function.ts';

const namespace = 'XpanderLambda';
const filterId = 'XpanderUndeliveredReports';

/** A phrase matches in text logs and in JSON logs. */
const phrase = '[xpander-lambda] undelivered report';

export function metricUndelivered(fn: LambdaFunction, options: MetricOptions): Metric {
  return filterOf(fn).metric({
    statistic: Stats.SUM,
    label: `Undelivered reports of ${fn.functionName}`,
    ...options,
  });
}

export function alarmUndelivered(fn: LambdaFunction, options: Partial<CreateAlarmOptions>): Alarm {
  return metricUndelivered(fn, {}).createAlarm(fn, 'XpanderUndeliveredReportsAlarm', {
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription:
      'Reports to xpander.ai were not delivered. They are in the log of the function: `xpander-lambda replay` sends them again.',
    ...options,
  });
}

export function widgetUndelivered(
  functions: readonly LambdaFunction[],
  options: GraphWidgetProps,
): GraphWidget {
  return new GraphWidget({
    title: 'Undelivered reports to xpander.ai',
    left: functions.map((fn) => metricUndelivered(fn, { label: fn.functionName })),
    ...options,
  });
}

function filterOf(fn: LambdaFunction): MetricFilter {
  const existing = fn.node.tryFindChild(filterId);
  if (existing instanceof MetricFilter) return existing;
  fn.node.addValidation({ validate: () => hiddenLogErrors(fn) });
  return new MetricFilter(fn, filterId, {
    logGroup: fn.logGroup,
    filterPattern: FilterPattern.literal(JSON.stringify(phrase)),
    metricNamespace: namespace,
    // The name contains the function, because a dimension's value must come from the log line.
    metricName: `UndeliveredReports/${fn.functionName}`,
    metricValue: '1',
    defaultValue: 0,
    unit: Unit.COUNT,
  });
}

/** If the log level hides the line, the metric would always be zero. */
function hiddenLogErrors(fn: LambdaFunction): string[] {
  const { Environment } = propertiesOf(fn);
  const reporterLevel: unknown = Object(Object(Environment).Variables)[
    environmentVariables.logLevel
  ];
  const applicationLevel = logLevelHidingErrors(fn);
  const [property, value] =
    String(reporterLevel).toLowerCase() === 'silent'
      ? ['logLevel', reporterLevel]
      : applicationLevel !== undefined
        ? ['applicationLogLevelV2', applicationLevel]
        : [];
  if (property === undefined) return [];
  return [
    `${fn.node.path} does not log undelivered reports, so they cannot be counted: its ${property} is '${value}'. Set it to 'error' or a more detailed level, or remove the metric.`,
  ];
}

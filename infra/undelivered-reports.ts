/** What the log tells of reports that were given up: a metric, an alarm and a graph. */
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
import { levelHidingErrors } from './hidden-errors.ts';
import { propertiesOf } from './rendered-function.ts';

const namespace = 'XpanderLambda';
const filterId = 'XpanderUndeliveredReports';

/** A phrase is found in lines of text and in those of JSON. */
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
      'Reports to xpander.ai were given up. They are in the log of the function: `xpander-lambda replay` sends them again.',
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
  fn.node.addValidation({ validate: () => whyNothingIsCounted(fn) });
  return new MetricFilter(fn, filterId, {
    logGroup: fn.logGroup,
    filterPattern: FilterPattern.literal(JSON.stringify(phrase)),
    metricNamespace: namespace,
    // A dimension could only come from the line itself.
    metricName: `UndeliveredReports/${fn.functionName}`,
    metricValue: '1',
    defaultValue: 0,
    unit: Unit.COUNT,
  });
}

/** Where the line is hidden, the metric would stay at nought for ever. */
function whyNothingIsCounted(fn: LambdaFunction): string[] {
  const { Environment } = propertiesOf(fn);
  const ours: unknown = Object(Object(Environment).Variables)[environmentVariables.logLevel];
  const lambdas = levelHidingErrors(fn);
  const [what, value] =
    String(ours).toLowerCase() === 'silent'
      ? ['logLevel', ours]
      : lambdas !== undefined
        ? ['applicationLogLevelV2', lambdas]
        : [];
  if (what === undefined) return [];
  return [
    `${fn.node.path} cannot count undelivered reports, because it does not log them: its ${what} is '${value}'. Set it to 'error' or a more detailed level, or turn the count off.`,
  ];
}

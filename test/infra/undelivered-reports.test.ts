import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationLogLevel, LoggingFormat } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { logDeadLetter } from '../../src/delivery/dead-letter/dead-letter.ts';
import type { WireTaskReport } from '../../src/platform/task-report.ts';
import {
  addFunction,
  addTaskReporting,
  annotationsOf,
  errorMessageOf,
  idsOf,
  newApp,
  newStack,
} from './stacks.ts';

describe('undelivered reports', () => {
  test('are counted by a metric filter on the log group', () => {
    const stack = newStack();
    const logGroup = new LogGroup(stack, 'Logs');
    const fn = addFunction(stack, 'Agent', { logGroup });

    const metric = addTaskReporting(stack).metricUndelivered(fn);

    expect(filterIn(stack)).toEqual({
      LogGroupName: { Ref: expect.stringMatching(/^Logs/) },
      FilterPattern: '"[xpander-lambda] undelivered report"',
      MetricTransformations: [
        {
          MetricNamespace: 'XpanderLambda',
          MetricName: {
            'Fn::Join': ['', ['UndeliveredReports/', { Ref: expect.stringMatching(/^Agent/) }]],
          },
          MetricValue: '1',
          DefaultValue: 0,
          Unit: 'Count',
        },
      ],
    });
    expect(metric.toMetricConfig().metricStat).toMatchObject({
      namespace: 'XpanderLambda',
      statistic: 'Sum',
    });
  });

  test('match the filter as the package writes them', () => {
    const stack = newStack();
    addTaskReporting(stack).metricUndelivered(addFunction(stack));
    const { FilterPattern } = filterIn(stack);
    const lines: string[] = [];
    const log = createLog('error', (_, line) => lines.push(line));
    logDeadLetter(log, 'agent-123', { report: reportOf('x'), attempts: 3, reason: 'down' });

    const phrase: unknown = JSON.parse(FilterPattern);

    expect(lines[0]).toContain(phrase);
    // Lambda's JSON log format.
    expect(JSON.stringify({ level: 'ERROR', message: lines[0] })).toContain(phrase);
  });

  test('raise an alarm from the first one on', () => {
    const stack = newStack();
    const fn = addFunction(stack);

    addTaskReporting(stack).alarmUndelivered(fn);

    const [alarm] = Object.values(
      Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'),
    );
    expect(alarm?.['Properties']).toMatchObject({
      Threshold: 1,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  test('are counted once for metric, alarm and graph', () => {
    const stack = newStack();
    const fn = addFunction(stack);
    const reporting = addTaskReporting(stack);
    reporting.instrument(fn, addFunction(stack, 'Other'));

    reporting.metricUndelivered(fn);
    reporting.alarmUndelivered(fn, { threshold: 5 });
    const dashboard = new Dashboard(stack, 'Dashboard');
    dashboard.addWidgets(reporting.widgetUndelivered({ width: 12 }));

    expect(idsOf(stack, 'AWS::Logs::MetricFilter')).toHaveLength(2);
    const body = JSON.stringify(
      Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'),
    );
    expect(body.match(/UndeliveredReports/g)).toHaveLength(2);
  });

  test.each([
    [
      { logLevel: 'silent' } as const,
      {},
      "Stack/Agent does not log undelivered reports, so they cannot be counted: its logLevel is 'silent'. Set it to 'error' or a more detailed level, or remove the metric.",
    ],
    [
      {},
      {
        loggingFormat: LoggingFormat.JSON,
        applicationLogLevelV2: ApplicationLogLevel.FATAL,
      },
      "Stack/Agent does not log undelivered reports, so they cannot be counted: its applicationLogLevelV2 is 'FATAL'. Set it to 'error' or a more detailed level, or remove the metric.",
    ],
  ])('fail synth if the log level hides them: %j', (options, settings, sentence) => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', settings);
    const reporting = addTaskReporting(stack, options);
    reporting.metricUndelivered(fn);
    reporting.instrument(fn);

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(sentence);
  });

  test('are counted if only errors are logged', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.ERROR,
    });
    const reporting = addTaskReporting(stack, { logLevel: 'error' });
    reporting.metricUndelivered(fn);
    reporting.instrument(fn);

    expect(idsOf(stack, 'AWS::Logs::MetricFilter')).toHaveLength(1);
    expect(annotationsOf(stack)).toEqual([]);
  });

  test('are counted in the stack of their function', () => {
    const app = newApp();
    const [one, two] = [new Stack(app, 'One'), new Stack(app, 'Two')];
    const reporting = addTaskReporting(one);

    for (const stack of [one, two]) reporting.alarmUndelivered(addFunction(stack));

    expect(idsOf(one, 'AWS::CloudWatch::Alarm')).toHaveLength(1);
    expect(idsOf(two, 'AWS::CloudWatch::Alarm')).toHaveLength(1);
  });
});

function filterIn(stack: Stack): { readonly FilterPattern: string } {
  return Object.values(Template.fromStack(stack).findResources('AWS::Logs::MetricFilter'))[0]![
    'Properties'
  ];
}

function reportOf(id: string): WireTaskReport {
  return {
    id,
    input: 'in',
    llm_response: null,
    tokens: null,
    is_success: true,
    result: 'out',
    duration: 1,
    used_tools: [],
  };
}

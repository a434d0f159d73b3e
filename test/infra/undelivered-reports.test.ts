import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationLogLevel, LoggingFormat } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { TaskReporting, type TaskReportingProps } from '../../infra/index.ts';
import { createLog } from '../../src/base/log.ts';
import { logDeadLetter } from '../../src/delivery/dead-letter/dead-letter.ts';
import type { WireTaskReport } from '../../src/platform/task-report.ts';
import {
  addFunction,
  annotationsOf,
  idsOf,
  importSecret,
  newApp,
  newStack,
  errorMessageOf,
} from './stacks.ts';

describe('undelivered reports', () => {
  test('are counted in the log of the function', () => {
    const stack = newStack();
    const logGroup = new LogGroup(stack, 'Logs');
    const fn = addFunction(stack, 'Agent', { logGroup });

    const metric = report(stack).metricUndelivered(fn);

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

  test('are found where the package writes them', () => {
    const stack = newStack();
    report(stack).metricUndelivered(addFunction(stack));
    const { FilterPattern } = filterIn(stack);
    const lines: string[] = [];
    const log = createLog('error', (_, line) => lines.push(line));
    logDeadLetter(log, 'agent-123', { report: reportOf('x'), attempts: 3, reason: 'down' });

    const phrase: unknown = JSON.parse(FilterPattern);

    expect(lines[0]).toContain(phrase);
    // As Lambda writes it in its JSON format.
    expect(JSON.stringify({ level: 'ERROR', message: lines[0] })).toContain(phrase);
  });

  test('raise an alarm with the first one', () => {
    const stack = newStack();
    const fn = addFunction(stack);

    report(stack).alarmUndelivered(fn);

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
    const reporting = report(stack);
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
      "Stack/Agent cannot count undelivered reports, because it does not log them: its logLevel is 'silent'. Set it to 'error' or a more detailed level, or turn the count off.",
    ],
    [
      {},
      {
        loggingFormat: LoggingFormat.JSON,
        applicationLogLevelV2: ApplicationLogLevel.FATAL,
      },
      "Stack/Agent cannot count undelivered reports, because it does not log them: its applicationLogLevelV2 is 'FATAL'. Set it to 'error' or a more detailed level, or turn the count off.",
    ],
  ])('are not counted where they are not logged', (options, settings, sentence) => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', settings);
    const reporting = report(stack, options);
    reporting.metricUndelivered(fn);
    reporting.instrument(fn);

    expect(errorMessageOf(() => Template.fromStack(stack))).toContain(sentence);
  });

  test('are counted where only errors are logged', () => {
    const stack = newStack();
    const fn = addFunction(stack, 'Agent', {
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.ERROR,
    });
    const reporting = report(stack, { logLevel: 'error' });
    reporting.metricUndelivered(fn);
    reporting.instrument(fn);

    expect(idsOf(stack, 'AWS::Logs::MetricFilter')).toHaveLength(1);
    expect(annotationsOf(stack)).toEqual([]);
  });

  test('of functions in several stacks are counted in theirs', () => {
    const app = newApp();
    const [one, two] = [new Stack(app, 'One'), new Stack(app, 'Two')];
    const reporting = report(one);

    for (const stack of [one, two]) reporting.alarmUndelivered(addFunction(stack));

    expect(idsOf(one, 'AWS::CloudWatch::Alarm')).toHaveLength(1);
    expect(idsOf(two, 'AWS::CloudWatch::Alarm')).toHaveLength(1);
  });
});

function report(stack: Stack, props: TaskReportingProps = {}): TaskReporting {
  return new TaskReporting(stack, 'TaskReporting', {
    agentId: 'agent-123',
    apiKeySecret: importSecret(stack),
    ...props,
  });
}

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

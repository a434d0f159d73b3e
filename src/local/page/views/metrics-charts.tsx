/** The charts over time. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Metrics, MetricsStep } from '../../wire/page-data.ts';
import { Chart } from '../components/chart.tsx';
import {
  axisCount,
  axisDuration,
  readableCount,
  readableDuration,
} from '../format/readable-values.ts';
import type { TimeRange } from '../state/time-range.ts';

export interface MetricsChartsProps {
  readonly metrics: Metrics;
  readonly onZoom: (range: TimeRange) => void;
}

export function MetricsCharts({ metrics, onZoom }: MetricsChartsProps): JSX.Element {
  const { series, stepSeconds } = metrics;
  const data = useMemo(() => {
    const valuesOf = <T,>(read: (step: MetricsStep) => T): T[] => series.map(read);
    return {
      times: valuesOf(({ at }) => Date.parse(at) / 1000),
      tasks: [
        { label: 'Failed', color: '--chart-bad', values: valuesOf(({ failed }) => failed) },
        { label: 'Completed', color: '--chart-3', values: valuesOf(({ completed }) => completed) },
      ],
      durations: [
        { label: 'p95', color: '--chart-4', values: valuesOf(({ p95Seconds }) => p95Seconds) },
        { label: 'p50', color: '--chart-1', values: valuesOf(({ p50Seconds }) => p50Seconds) },
      ],
      tokens: [
        {
          label: 'Completion',
          color: '--chart-2',
          values: valuesOf(({ completionTokens }) => completionTokens),
        },
        {
          label: 'Prompt',
          color: '--chart-1',
          values: valuesOf(({ promptTokens }) => promptTokens),
        },
      ],
    };
  }, [series]);
  const shared = {
    times: data.times,
    end: (data.times.at(-1) ?? 0) + stepSeconds,
    onZoom: (fromMs: number, toMs: number): void =>
      onZoom({
        kind: 'custom',
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
      }),
  };
  return (
    <div class="chart-grid wide-first">
      <Chart
        {...shared}
        title="Tasks"
        unit="Tasks"
        kind="stacked bars"
        series={data.tasks}
        format={readableCount}
        axisFormat={axisCount}
      />
      <Chart
        {...shared}
        title="Duration"
        unit="Duration"
        kind="lines"
        series={data.durations}
        format={readableDuration}
        axisFormat={axisDuration}
      />
      <Chart
        {...shared}
        title="Tokens"
        unit="Tokens"
        kind="stacked bars"
        series={data.tokens}
        format={readableCount}
        axisFormat={axisCount}
      />
    </div>
  );
}

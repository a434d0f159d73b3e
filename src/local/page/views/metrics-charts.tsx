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
  const drawn = useMemo(() => {
    const of = <T,>(read: (step: MetricsStep) => T): T[] => series.map(read);
    return {
      times: of(({ at }) => Date.parse(at) / 1000),
      runs: [
        { label: 'Failed', color: '--chart-bad', values: of(({ failed }) => failed) },
        { label: 'Completed', color: '--chart-3', values: of(({ completed }) => completed) },
      ],
      durations: [
        { label: 'p95', color: '--chart-4', values: of(({ p95Seconds }) => p95Seconds) },
        { label: 'p50', color: '--chart-1', values: of(({ p50Seconds }) => p50Seconds) },
      ],
      tokens: [
        {
          label: 'Completion',
          color: '--chart-2',
          values: of(({ completionTokens }) => completionTokens),
        },
        { label: 'Prompt', color: '--chart-1', values: of(({ promptTokens }) => promptTokens) },
      ],
    };
  }, [series]);
  const shared = {
    times: drawn.times,
    end: (drawn.times.at(-1) ?? 0) + stepSeconds,
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
        title="Runs"
        unit="Runs"
        kind="stacked bars"
        series={drawn.runs}
        format={readableCount}
        axisFormat={axisCount}
      />
      <Chart
        {...shared}
        title="Duration"
        unit="Duration"
        kind="lines"
        series={drawn.durations}
        format={readableDuration}
        axisFormat={axisDuration}
      />
      <Chart
        {...shared}
        title="Tokens"
        unit="Tokens"
        kind="stacked bars"
        series={drawn.tokens}
        format={readableCount}
        axisFormat={axisCount}
      />
    </div>
  );
}

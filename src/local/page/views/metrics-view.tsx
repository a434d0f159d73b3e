/** Runs, durations, tokens and tools over a chosen time. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Metrics, TokenShare } from '../../wire/page-data.ts';
import { type BarRow, BarTable } from '../components/bar-table.tsx';
import { Choice } from '../components/choice.tsx';
import { TimeRangePicker } from '../components/time-range-picker.tsx';
import {
  cacheParts,
  readableCount,
  readableDuration,
  readablePercent,
  shortCount,
} from '../format/readable-values.ts';
import { goTo } from '../state/address.ts';
import { filterChoices } from '../state/filter-choices.ts';
import { followMetrics, metricsState } from '../state/metrics-data.ts';
import type { Route } from '../state/route.ts';
import { MetricsCharts } from './metrics-charts.tsx';

type MetricsRoute = Extract<Route, { kind: 'metrics' }>;

export function MetricsView({ view }: { readonly view: MetricsRoute }): JSX.Element {
  const { range, agent } = view;
  useEffect(() => followMetrics({ range, agent }), [JSON.stringify([range, agent])]);
  const { agents } = filterChoices.value;
  const state = metricsState.value;
  return (
    <main class="metrics" id="main" tabIndex={-1}>
      <h1 class="off-screen">Metrics</h1>
      <div class="filters">
        <TimeRangePicker range={range} onRange={(chosen) => goTo({ ...view, range: chosen })} />
        <Choice
          label="Agent"
          any="All agents"
          value={agent}
          choices={agent === null || agents.includes(agent) ? agents : [...agents, agent]}
          onChoose={(chosen) => goTo({ ...view, agent: chosen })}
        />
      </div>
      {state.kind === 'loading' ? <p class="panel-note late">Loading…</p> : null}
      {state.kind === 'failed' ? <p class="panel-note">{state.error.message}</p> : null}
      {state.kind === 'loaded' ? <MetricsBody metrics={state.metrics} view={view} /> : null}
    </main>
  );
}

interface MetricsBodyProps {
  readonly metrics: Metrics;
  readonly view: MetricsRoute;
}

function MetricsBody({ metrics, view }: MetricsBodyProps): JSX.Element {
  const { runs, failed, successRate, p50Seconds, p95Seconds, runsWithoutTokens } = metrics;
  const tokens = metrics.promptTokens + metrics.completionTokens;
  const tokenParts = [
    { label: 'Prompt', color: '--chart-1' },
    { label: 'Completion', color: '--chart-2' },
  ];
  return (
    <>
      <dl class="tiles">
        <Tile name="Runs" value={readableCount(runs)} note={`${readableCount(failed)} failed`} />
        <Tile
          name="Success rate"
          value={successRate === null ? '–' : readablePercent(successRate)}
          note={
            runs === 0 ? 'no runs' : `${readableCount(runs - failed)} of ${readableCount(runs)}`
          }
        />
        <Tile name="Duration p50" value={durationOr(p50Seconds)} note="half are faster" />
        <Tile name="Duration p95" value={durationOr(p95Seconds)} note="one in twenty is slower" />
        <Tile
          name="Tokens"
          value={shortCount(tokens)}
          note={
            runsWithoutTokens === 0
              ? [
                  `${shortCount(metrics.promptTokens)} prompt`,
                  `${shortCount(metrics.completionTokens)} completion`,
                  ...cacheParts(metrics, shortCount),
                ].join(' · ')
              : `unknown for ${readableCount(runsWithoutTokens)} runs`
          }
        />
      </dl>
      <MetricsCharts metrics={metrics} onZoom={(range) => goTo({ ...view, range })} />
      <div class="chart-grid">
        <BarTable
          title="Tokens per model"
          names="Model"
          parts={tokenParts}
          rows={metrics.tokensByModel.map(tokenBar)}
          empty="No tokens were reported in this time."
        />
        <BarTable
          title="Tokens per agent"
          names="Agent"
          parts={tokenParts}
          rows={metrics.tokensByAgent.map(tokenBar)}
          empty="No tokens were reported in this time."
        />
        <BarTable
          title="Tools by use"
          names="Tool"
          parts={[{ label: 'Runs', color: '--chart-3' }]}
          rows={metrics.tools.map((tool) => ({ name: tool.name, values: [tool.runs] }))}
          empty="No tool was used in this time."
        />
      </div>
    </>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

function Tile({ name, value, note }: TileProps): JSX.Element {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd class="tile-value">{value}</dd>
      <dd class="tile-note">{note}</dd>
    </div>
  );
}

function tokenBar({ name, promptTokens, completionTokens }: TokenShare): BarRow {
  return { name, values: [promptTokens, completionTokens] };
}

function durationOr(seconds: number | null): string {
  return seconds === null ? '–' : readableDuration(seconds);
}

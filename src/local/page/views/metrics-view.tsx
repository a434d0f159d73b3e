/** Task counts, durations, tokens and tools of a time range. */
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
import { metricsState, syncMetrics } from '../state/metrics-data.ts';
import type { Route } from '../state/route.ts';
import { MetricsCharts } from './metrics-charts.tsx';

type MetricsRoute = Extract<Route, { kind: 'metrics' }>;

export function MetricsView({ view }: { readonly view: MetricsRoute }): JSX.Element {
  const { range, agent } = view;
  useEffect(() => syncMetrics({ range, agent }), [JSON.stringify([range, agent])]);
  const { agents } = filterChoices.value;
  const state = metricsState.value;
  return (
    <main class="metrics" id="main" tabIndex={-1}>
      <h1 class="off-screen">Metrics</h1>
      <div class="filters">
        <TimeRangePicker range={range} onRange={(chosen) => goTo({ ...view, range: chosen })} />
        <Choice
          label="Agent"
          anyLabel="All agents"
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
        <Tile name="Tasks" value={readableCount(runs)} note={`${readableCount(failed)} failed`} />
        <Tile
          name="Success rate"
          value={successRate === null ? '–' : readablePercent(successRate)}
          note={
            runs === 0 ? 'no tasks' : `${readableCount(runs - failed)} of ${readableCount(runs)}`
          }
        />
        <Tile
          name="Duration p50"
          value={formatOptionalDuration(p50Seconds)}
          note="half are faster"
        />
        <Tile
          name="Duration p95"
          value={formatOptionalDuration(p95Seconds)}
          note="one in twenty is slower"
        />
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
              : `unknown for ${readableCount(runsWithoutTokens)} tasks`
          }
        />
      </dl>
      <MetricsCharts metrics={metrics} onZoom={(range) => goTo({ ...view, range })} />
      <div class="chart-grid">
        <BarTable
          title="Tokens per model"
          nameHeader="Model"
          parts={tokenParts}
          rows={metrics.tokensByModel.map(tokenBar)}
          empty="No tokens were reported in this time range."
        />
        <BarTable
          title="Tokens per agent"
          nameHeader="Agent"
          parts={tokenParts}
          rows={metrics.tokensByAgent.map(tokenBar)}
          empty="No tokens were reported in this time range."
        />
        <BarTable
          title="Tools by use"
          nameHeader="Tool"
          parts={[{ label: 'Tasks', color: '--chart-3' }]}
          rows={metrics.tools.map((tool) => ({ name: tool.name, values: [tool.runs] }))}
          empty="No tools were used in this time range."
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

function formatOptionalDuration(seconds: number | null): string {
  return seconds === null ? '–' : readableDuration(seconds);
}

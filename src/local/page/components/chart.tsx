/** A chart over time with a tooltip and a table of its values. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { readableTime } from '../format/readable-values.ts';
import { isDark } from '../state/theme.ts';
import { chartOptions } from './chart-options.ts';
import type { ChartProps } from './chart-props.ts';
import { chartTooltip } from './chart-tooltip.ts';

const height = 220;

export function Chart(props: ChartProps): JSX.Element {
  const { title, series, format, times } = props;
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latestProps = useRef(props);
  latestProps.current = props;
  const dark = isDark.value;

  useEffect(() => {
    const parent = frame.current;
    if (parent === null) return;
    const width = Math.max(parent.clientWidth, 200);
    const created = new uPlot(
      {
        ...chartOptions(() => latestProps.current),
        width,
        height,
        plugins: [chartTooltip(() => latestProps.current)],
      },
      plotData(latestProps.current),
      parent,
    );
    plot.current = created;
    const observer = new ResizeObserver(() => {
      if (parent.clientWidth !== created.width)
        created.setSize({ width: parent.clientWidth, height });
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
      plot.current = null;
      created.destroy();
    };
  }, [dark, series.length]);
  useEffect(() => {
    plot.current?.setData(plotData(props));
  }, [times, series]);

  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        <ul class="legend">
          {series.map(({ label, color }) => (
            <li key={label}>
              <span class={`swatch ${color.slice(2)}`} />
              {label}
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        ref={frame}
        class="plot"
        role="img"
        aria-label={`${title}: chart, values in the table below`}
      />
      <ChartTable times={times} series={series} format={format} />
    </figure>
  );
}

function ChartTable(props: Pick<ChartProps, 'times' | 'series' | 'format'>): JSX.Element {
  const { times, series, format } = props;
  const isOpen = useSignal(false);
  return (
    <details
      class="chart-table"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>Table</summary>
      {isOpen.value ? (
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              {series.map(({ label }) => (
                <th key={label} scope="col" class="number">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time, index) => (
              <tr key={time}>
                <th scope="row">{readableTime(new Date(time * 1000).toISOString())}</th>
                {series.map(({ label, values }) => {
                  const value = values[index] ?? null;
                  return (
                    <td key={label} class="number">
                      {value === null ? '–' : format(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </details>
  );
}

/** Stacks bars: each series includes the following ones, which are drawn over it. */
function plotData({ times, series, kind, end }: ChartProps): uPlot.AlignedData {
  const values = series.map((one) => one.values);
  const stacked = values.map((own, index) =>
    own.map((_, step) => values.slice(index).reduce((sum, one) => sum + (one[step] ?? 0), 0)),
  );
  const lines = kind === 'lines' ? values.map((own) => [...own]) : stacked;
  // Points are in the middle of their step, so the nearest one is that of the hovered step.
  const middles = times.map((time, step) => (time + (times[step + 1] ?? end)) / 2);
  return [middles, ...lines];
}

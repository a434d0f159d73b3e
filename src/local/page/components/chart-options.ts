/** uPlot options of the charts, with colours from the style sheet. */
import uPlot from 'uplot';
import type { ChartProps } from './chart-props.ts';

const minute = 60;
const day = 86_400;

/** All options except size and plugins. `current` returns the current props. */
export function chartOptions(current: () => ChartProps): Omit<uPlot.Options, 'width' | 'height'> {
  const { kind, unit, series, axisFormat } = current();
  const color = styleColors();
  const axis = {
    stroke: color('--muted'),
    font: '11px Inter, system-ui, sans-serif',
    labelFont: '11px Inter, system-ui, sans-serif',
    labelGap: 2,
    ticks: { show: false },
    grid: { stroke: color('--line'), width: 1 },
  };
  return {
    legend: { show: false },
    padding: [10, 12, 0, 0],
    cursor: {
      y: false,
      points: { show: kind === 'lines', size: 7 },
      drag: { x: true, y: false, setScale: false },
      sync: { key: 'metrics' },
    },
    scales: {
      x: { time: true, range: () => [current().times[0] ?? 0, current().end] },
      y: { range: (_plot, _min, max) => [0, Math.max(max * 1.08, kind === 'lines' ? 0.001 : 1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        label: 'Time',
        labelSize: 16,
        size: 26,
        space: 70,
        values: (_plot, splits, _axis, _space, step) => splits.map((time) => timeLabel(time, step)),
      },
      {
        ...axis,
        label: unit,
        labelSize: 18,
        size: 52,
        space: 36,
        incrs: kind === 'lines' ? fineIncrements : wholeIncrements,
        values: (_plot, splits) => splits.map(axisFormat),
      },
    ],
    series: [
      {},
      ...series.map((one): uPlot.Series => {
        const stroke = color(one.color);
        return kind === 'lines'
          ? {
              label: one.label,
              stroke,
              width: 1.75,
              spanGaps: true,
              points: { size: 4, fill: stroke },
            }
          : {
              label: one.label,
              fill: stroke,
              width: 0,
              points: { show: false },
              ...(bars === undefined ? {} : { paths: bars }),
            };
      }),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 8) return;
          const fromMs = plot.posToVal(left, 'x') * 1000;
          const toMs = plot.posToVal(left + width, 'x') * 1000;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          current().onZoom(fromMs, toMs);
        },
      ],
    },
  };
}

const bars = uPlot.paths.bars?.({ size: [0.72, 36], radius: 0.12 });

/** Axis increments for counts. */
const wholeIncrements = [1, 2, 5]
  .flatMap((digit) => Array.from({ length: 12 }, (_, power) => digit * 10 ** power))
  .sort((one, other) => one - other);

const fineIncrements = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000].flatMap((power) => [
  power,
  2 * power,
  5 * power,
]);

function styleColors(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

function timeLabel(time: number, step: number): string {
  const date = new Date(time * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (step >= 28 * day) return format(date, { month: 'short', year: 'numeric' });
  if (step >= day || isMidnight) return format(date, { month: 'short', day: 'numeric' });
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  return format(date, step < minute ? { ...clock, second: '2-digit' } : clock);
}

function format(date: Date, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', parts).format(date);
}

/** A uPlot plugin that shows the values at the pointer. */
import type uPlot from 'uplot';
import { readableTime } from '../format/readable-values.ts';
import type { ChartProps } from './chart-props.ts';

const gap = 12;

export function chartTooltip(current: () => ChartProps): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'chart-tooltip';
  box.hidden = true;
  let isHovered = false;
  return {
    hooks: {
      init: [
        (plot) => {
          plot.over.append(box);
          plot.over.addEventListener('mouseenter', () => {
            isHovered = true;
          });
          plot.over.addEventListener('mouseleave', () => {
            isHovered = false;
            box.hidden = true;
          });
        },
      ],
      setCursor: [
        (plot) => {
          const { idx, left } = plot.cursor;
          // All charts share the cursor, but only the hovered one shows its tooltip.
          if (!isHovered || typeof idx !== 'number' || left === undefined || left < 0) {
            box.hidden = true;
            return;
          }
          box.replaceChildren(...lines(current(), idx));
          box.hidden = false;
          const plotWidth = plot.over.clientWidth;
          const x =
            left + gap + box.offsetWidth > plotWidth ? left - gap - box.offsetWidth : left + gap;
          box.style.transform = `translate(${Math.max(0, Math.round(x))}px, 6px)`;
        },
      ],
    },
  };
}

function lines({ times, series, format }: ChartProps, index: number): HTMLElement[] {
  const time = times[index] ?? 0;
  return [
    line('tooltip-time', readableTime(new Date(time * 1000).toISOString())),
    ...series.map(({ label, color, values }) => {
      const value = values[index] ?? null;
      const row = line('tooltip-value', '');
      const swatch = line(`swatch ${color.slice(2)}`, '');
      row.append(swatch, line('', label), line('number', value === null ? '–' : format(value)));
      return row;
    }),
  ];
}

function line(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

/** One line or stack of bars. */
export interface ChartSeries {
  readonly label: string;
  /** A custom property of the style sheet, such as `--chart-1`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly title: string;
  /** What the numbers are, beside the axis. */
  readonly unit: string;
  readonly kind: 'stacked bars' | 'lines';
  /** Begin of each step, in seconds. */
  readonly times: readonly number[];
  /** End of the last step, in seconds. */
  readonly end: number;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** Shorter, for the axis. */
  readonly axisFormat: (value: number) => string;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** The props of a chart, shared by its parts. */

/** One line, or one part of stacked bars. */
export interface ChartSeries {
  readonly label: string;
  /** A custom property of the style sheet, such as `--chart-1`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly title: string;
  /** Label of the value axis. */
  readonly unit: string;
  readonly kind: 'stacked bars' | 'lines';
  /** Start of each step, in seconds. */
  readonly times: readonly number[];
  /** End of the last step, in seconds. */
  readonly end: number;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** A shorter format for the axis. */
  readonly axisFormat: (value: number) => string;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

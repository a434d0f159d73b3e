/** Properties of standard output. */
import { styleText } from 'node:util';
import type { Command } from 'commander';

export type Style = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

export interface Terminal {
  /** The current width of the terminal; undefined if the output is not a terminal. */
  readonly columns: () => number | undefined;
  /** Styles the text; returns it unchanged if colours are off. */
  readonly paint: (style: Style, text: string) => string;
}

/** The terminal of a command. NO_COLOR and FORCE_COLOR apply as they do to its help. */
export function terminalOf(command: Command): Terminal {
  const hasColors = command.configureOutput().getOutHasColors?.() ?? false;
  return {
    // Some terminals report 0 columns.
    columns: () => (process.stdout.isTTY ? process.stdout.columns || 80 : undefined),
    paint: (style, text) => (hasColors ? styleText(style, text, { validateStream: false }) : text),
  };
}

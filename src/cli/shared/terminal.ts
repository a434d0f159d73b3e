/** What is known of standard output. */
import { styleText } from 'node:util';
import type { Command } from 'commander';

/** How to emphasise. */
export type Style = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

export interface Terminal {
  /** Columns of the terminal now; undefined where the output goes elsewhere. */
  readonly columns: () => number | undefined;
  /** Leaves the text as it is where there are to be no colours. */
  readonly paint: (style: Style, text: string) => string;
}

/** The terminal that a command writes to; NO_COLOR and FORCE_COLOR are heeded as in its help. */
export function terminalOf(command: Command): Terminal {
  const coloured = command.configureOutput().getOutHasColors?.() ?? false;
  return {
    // Some terminals say that they have 0 columns.
    columns: () => (process.stdout.isTTY ? process.stdout.columns || 80 : undefined),
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

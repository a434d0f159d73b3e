/** A model's name says how the server answers: `gpt--tools--chunks-2000--delay-5`. */

export type Behaviour = (typeof behaviours)[number];

const behaviours = [
  /** A text and the usage. */
  'text',
  /** A text, two calls of one tool and one of another. */
  'tools',
  /** The model does not want to. */
  'refusal',
  /** The usage tells of cached and reasoning tokens too. */
  'cached',
  'no-usage',
  'gzip',
  /** 429 to every first request, an answer to every second one. */
  'flaky',
  'limited',
  'broken',
  'invalid',
  /** The connection ends in the middle. */
  'cut',
  /** The stream tells of an error in the middle. */
  'stream-error',
] as const;

export interface Instructions {
  readonly behaviour: Behaviour;
  /** Into how many pieces a streamed text is cut. */
  readonly chunks: number;
  /** Before each piece of a stream, in milliseconds; with 0 each gets a turn of the event loop. */
  readonly delayMs: number;
  /** Before anything of the answer, in milliseconds. */
  readonly waitMs: number;
  /** Least length of each piece. */
  readonly size: number;
}

/** @throws RangeError for a name that says something else */
export function instructionsIn(model: string): Instructions {
  const [, name = '', ...details] = model.replace(/(-v1)?:\d+$/, '').split('--');
  const behaviour = behaviours.find((known) => known === name);
  if (behaviour === undefined) throw new RangeError(`The model "${model}" names no behaviour.`);
  const detail = (of: string, otherwise: number): number => {
    const found = details.find((text) => text.startsWith(`${of}-`));
    return found === undefined ? otherwise : Number(found.slice(of.length + 1));
  };
  return {
    behaviour,
    chunks: detail('chunks', 6),
    delayMs: detail('delay', 0),
    waitMs: detail('wait', 0),
    size: detail('size', 0),
  };
}

/** Makes an error from loading the function's module look as it does without the layer. */
import { fileURLToPath } from 'node:url';

/** Takes the layer out of an error and of those that it holds. Never throws. */
export type HideLayer = (thrown: unknown) => void;

// Deeper than the runtime's own frames ever are.
const manyFrames = 50;
// Causes of causes: nobody reads further, and they may go round in a circle.
const mostErrors = 20;

/**
 * To be called while the runtime client loads the layer's handler: the frames below are those that
 * an error would have without us.
 *
 * @param layer - the URL of the layer's folder
 */
export function prepareToHide(layer: URL): HideLayer {
  const folder = fileURLToPath(layer);
  const isOwn = (line: string): boolean => isFrame(line) && mentions(line);
  // Frames of ES modules have a URL; those of CommonJS a path.
  const mentions = (text: string): boolean => text.includes(layer.href) || text.includes(folder);
  const runtimeFrames = stackHere().filter(
    (line) => isFrame(line) && !mentions(line) && !/\(?node:/.test(line),
  );

  const hideIn = (error: Error): void => {
    for (const name of Object.getOwnPropertyNames(error)) {
      const text: unknown = Reflect.get(error, name);
      if (name === 'stack' || typeof text !== 'string' || !mentions(text)) continue;
      Reflect.set(error, name, withoutLayer(text));
    }
    const lines = error.stack?.split('\n') ?? [];
    const others = lines.filter((line) => !isOwn(line));
    // Where a frame of ours was, and where V8 would have gone on to whoever imported the module.
    const goesOn = others.length < lines.length || isOfLoader(lines.at(-1));
    if (!goesOn && !mentions(lines.join())) return;
    const frames = others.filter(isFrame);
    const below = goesOn ? runtimeFrames.filter((frame) => !frames.includes(frame)) : [];
    const room = Math.max(0, Error.stackTraceLimit - frames.length);
    error.stack = withoutLayer([...others, ...below.slice(0, room)].join('\n'));
  };
  /** Messages that name the module which imports another one. */
  const withoutLayer = (text: string): string =>
    text.replaceAll(/(file:\/\/)?(\/[^\s'"]+\.mjs)/g, (file, scheme = '') =>
      mentions(file) ? `${scheme}${process.argv[1]}` : file,
    );

  return (thrown) => {
    const errors = new Set<unknown>([thrown]);
    for (const error of errors) {
      if (!(error instanceof Error)) continue;
      try {
        hideIn(error);
        if (errors.size > mostErrors) return;
        errors.add(error.cause);
        if (error instanceof AggregateError) for (const one of error.errors) errors.add(one);
      } catch {
        // A frozen error, or a stack that may not be read: it stays as it is.
      }
    }
  };
}

function stackHere(): readonly string[] {
  const limit = Error.stackTraceLimit;
  Reflect.set(Error, 'stackTraceLimit', manyFrames);
  const { stack = '' } = new Error();
  Reflect.set(Error, 'stackTraceLimit', limit);
  return stack.split('\n');
}

/** The last frame that Node's own loader of ES modules has. */
function isOfLoader(line = ''): boolean {
  return /^\s+at async .*node:internal\/modules\/esm\/loader:/.test(line);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

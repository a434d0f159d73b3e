/** Makes errors from loading the function's module look as they do without the layer. */
import { fileURLToPath } from 'node:url';

/** Removes the layer from an error, its causes and its aggregated errors. Never throws. */
export type RemoveLayer = (thrown: unknown) => void;

// More than the frames of the runtime.
const maxFrames = 50;
// Bounds long or circular chains of causes.
const maxErrors = 20;

/**
 * Call it while the runtime client loads the layer's handler: the frames below are those that an
 * error has without the layer.
 *
 * @param layer - the URL of the layer's folder
 */
export function prepareRemoveLayer(layer: URL): RemoveLayer {
  const folder = fileURLToPath(layer);
  const isOwn = (line: string): boolean => isFrame(line) && mentions(line);
  // Frames of ES modules show a URL, those of CommonJS a path.
  const mentions = (text: string): boolean => text.includes(layer.href) || text.includes(folder);
  const runtimeFrames = stackHere().filter(
    (line) => isFrame(line) && !mentions(line) && !/\(?node:/.test(line),
  );

  const removeFrom = (error: Error): void => {
    for (const name of Object.getOwnPropertyNames(error)) {
      const text: unknown = Reflect.get(error, name);
      if (name === 'stack' || typeof text !== 'string' || !mentions(text)) continue;
      Reflect.set(error, name, withoutLayer(text));
    }
    const lines = error.stack?.split('\n') ?? [];
    const others = lines.filter((line) => !isOwn(line));
    // Without the layer, V8 would show the runtime's frames below.
    const isContinued = others.length < lines.length || isLoaderFrame(lines.at(-1));
    if (!isContinued && !mentions(lines.join())) return;
    const frames = others.filter(isFrame);
    const below = isContinued ? runtimeFrames.filter((frame) => !frames.includes(frame)) : [];
    const room = Math.max(0, Error.stackTraceLimit - frames.length);
    error.stack = withoutLayer([...others, ...below.slice(0, room)].join('\n'));
  };
  /** Replaces the layer's files in a message by the runtime client, which imports the function otherwise. */
  const withoutLayer = (text: string): string =>
    text.replaceAll(/(file:\/\/)?(\/[^\s'"]+\.mjs)/g, (file, scheme = '') =>
      mentions(file) ? `${scheme}${process.argv[1]}` : file,
    );

  return (thrown) => {
    const errors = new Set<unknown>([thrown]);
    for (const error of errors) {
      if (!(error instanceof Error)) continue;
      try {
        removeFrom(error);
        if (errors.size > maxErrors) return;
        errors.add(error.cause);
        if (error instanceof AggregateError) for (const one of error.errors) errors.add(one);
      } catch {
        // The error is frozen or its stack cannot be read: leave it unchanged.
      }
    }
  };
}

function stackHere(): readonly string[] {
  const limit = Error.stackTraceLimit;
  Reflect.set(Error, 'stackTraceLimit', maxFrames);
  const { stack = '' } = new Error();
  Reflect.set(Error, 'stackTraceLimit', limit);
  return stack.split('\n');
}

/** Whether a frame is the outermost one of Node.js's loader of ES modules. */
function isLoaderFrame(line = ''): boolean {
  return /^\s+at async .*node:internal\/modules\/esm\/loader:/.test(line);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

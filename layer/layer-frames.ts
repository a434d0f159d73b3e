/** Keeps the layer's modules out of the stack traces of errors from loading the function's. */
import { fileURLToPath } from 'node:url';

/** @param layer - the URL of the layer's folder */
export function hideLayerFrames(thrown: unknown, layer: URL): void {
  try {
    if (!(thrown instanceof Error) || thrown.stack === undefined) return;
    // Frames of ES modules have a URL; those of CommonJS, and those from elsewhere, a path.
    const places = [layer.href, fileURLToPath(layer)];
    const isOwn = (line: string): boolean =>
      /^\s+at /.test(line) && places.some((place) => line.includes(place));
    const lines = thrown.stack.split('\n');
    if (lines.some(isOwn)) thrown.stack = lines.filter((line) => !isOwn(line)).join('\n');
  } catch {
    // A frozen error, or a stack that may not be read: it stays as it is.
  }
}

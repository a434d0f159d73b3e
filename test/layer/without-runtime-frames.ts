/** What may differ where a module does not load: which of the runtime's own frames led to it. */
import type { Observation } from './observe-shape.ts';

/** Frames of the function itself stay, and so do those of anybody else's. */
export function withoutRuntimeFrames(observation: Observation): Observation {
  return JSON.parse(
    JSON.stringify(observation, (_, value) => {
      if (typeof value === 'string') return withoutFramesIn(value);
      return Array.isArray(value) ? value.filter((line) => !isRuntimeFrame(line)) : value;
    }),
  );
}

const place = '(?:\\.stand-in|aws-lambda-ric)/(?:dist/)?\\w+\\.mjs|node:internal/';
const frame = new RegExp(`^\\s+at .*(?:${place})`);
/** In JSON, and in a line of the log that stands for several. */
const quoted = new RegExp(`,"\\s+at [^"]*(?:${place})[^"]*"`, 'g');
const joined = new RegExp(`\\r\\s+at [^\\r]*(?:${place})[^\\r]*`, 'g');

function isRuntimeFrame(line: unknown): boolean {
  return typeof line === 'string' && frame.test(line);
}

function withoutFramesIn(text: string): string {
  return text.replaceAll(quoted, '').replaceAll(joined, '');
}

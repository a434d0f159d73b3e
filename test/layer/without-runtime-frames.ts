/** Removes the runtime's own frames, which may differ in errors from loading a module. */
import type { Observation } from './observe-shape.ts';

/** Keeps all other frames. */
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
/** In JSON, and in a log line with several joined lines. */
const quoted = new RegExp(`,"\\s+at [^"]*(?:${place})[^"]*"`, 'g');
const joined = new RegExp(`\\r\\s+at [^\\r]*(?:${place})[^\\r]*`, 'g');

function isRuntimeFrame(line: unknown): boolean {
  return typeof line === 'string' && frame.test(line);
}

function withoutFramesIn(text: string): string {
  return text.replaceAll(quoted, '').replaceAll(joined, '');
}

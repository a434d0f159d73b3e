import { REDACTED } from './secret-shapes.ts';

/** The text with what the user's patterns match replaced. The patterns must be global. */
export function maskMatches(text: string, patterns: readonly RegExp[]): string {
  let masked = text;
  for (const pattern of patterns) {
    const before = masked;
    masked = before.replace(pattern, (match: string, ...details: unknown[]) => {
      const offset = details.find((detail) => typeof detail === 'number') ?? 0;
      return match === '' || isInMark(before, match, offset) ? match : REDACTED;
    });
  }
  return masked;
}

/** Whether the match is a part of the mark of something masked already: `/\w+/` would never end. */
function isInMark(text: string, match: string, offset: number): boolean {
  if (!REDACTED.includes(match)) return false;
  const around = text.slice(Math.max(0, offset - REDACTED.length), offset + REDACTED.length);
  return around.includes(REDACTED);
}

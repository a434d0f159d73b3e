/** Cuts what a report carries to the size that it may have. */

import type { JsonValue } from '../text/json-value.ts';
import { jsonBytes } from './json-bytes.ts';
import { fairShare } from './max-min-allocation.ts';
import { fitJson, fitString } from './truncate-json.ts';

/** The parts of a report that can be large. */
export interface ReportContent {
  readonly input: string | null;
  readonly result: string | null;
  readonly llmResponse: JsonValue;
}

/**
 * The contents cut so that their JSON, escapes included, takes at most `limitBytes` together. Small
 * ones stay whole, large ones get equal parts of what is left. Works from 16 bytes on; three times
 * `null` take twelve.
 */
export function fitReport(content: ReportContent, limitBytes: number): ReportContent {
  const wants = [content.input, content.result, content.llmResponse].map((value) =>
    jsonBytes(value, 0, limitBytes),
  );
  const share = fairShare(wants, limitBytes);
  if (share === Number.POSITIVE_INFINITY) return content;
  let spare = 0;
  const toShare = <Content extends JsonValue>(
    value: Content,
    cut: (value: Content, budget: number) => Content,
  ): Content => {
    const want = jsonBytes(value, 0, limitBytes);
    if (want <= share) return value;
    const fitted = cut(value, share + spare);
    spare += share - jsonBytes(fitted, 0, limitBytes);
    return fitted;
  };
  return {
    input: toShare(content.input, cutNullable),
    result: toShare(content.result, cutNullable),
    llmResponse: toShare(content.llmResponse, (value, budget) => fitJson(value, budget, 0) ?? null),
  };
}

/**
 * The text cut so that it takes at most `limitBytes` as a JSON string. JSON text stays JSON: long
 * strings in it are shortened, long lists and objects lose their tail. Other text keeps its
 * beginning. What was cut is said in place: `…[cut 51234 of 61234 characters]`.
 */
export function fitText(text: string, limitBytes: number): string {
  return fitString(text, limitBytes, 0) ?? '';
}

function cutNullable(text: string | null, budget: number): string | null {
  return text === null ? null : fitText(text, budget);
}

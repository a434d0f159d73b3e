/** Makes JSON data smaller so that it takes at most a given number of bytes, and says what was cut. */

import { type JsonValue, setField } from '../text/json-value.ts';
import { jsonBytes, keyBytes, MAX_DEPTH, quoteBytes, textBytes } from './json-bytes.ts';
import { fairShare } from './max-min-allocation.ts';

/**
 * Bytes that a member must be able to get before further members are kept. With less, a long list
 * would become a list of stumps; one that loses its tail is of more use.
 */
const LEAST_SHARE = 512;
/** The same where there is little for all: about four members are tried. */
const LEAST_SHARE_IN_NARROW_SPACE = 16;

/** Items up to this many bytes, such as the messages of a chat, are kept whole or not at all. */
const LARGEST_WHOLE_ITEM = 4096;

/** JSON strings within JSON strings that are cut as JSON: an event, an SNS message, its body. */
const MAX_WRAPS = 3;

/**
 * The text cut to `budget` bytes, quotes included. JSON stays JSON: its long strings are shortened,
 * its long lists and objects lose their tail. Undefined when not even an empty text fits.
 */
export function fitString(text: string, budget: number, wraps: number): string | undefined {
  const room = budget - 2 * quoteBytes(wraps);
  if (room < 0) return undefined;
  if (textBytes(text, wraps, room) <= room) return text;
  const data = wraps < MAX_WRAPS ? parseContainer(text) : undefined;
  const fitted = data && fitJson(data, room, wraps + 1);
  return fitted === undefined ? cutText(text, room, wraps) : JSON.stringify(fitted);
}

/** The data cut to `budget` bytes, or undefined when nothing of its kind is that small. */
export function fitJson(
  value: JsonValue,
  budget: number,
  wraps: number,
  depth = 0,
): JsonValue | undefined {
  if (jsonBytes(value, wraps, budget, depth) <= budget) return value;
  if (typeof value === 'string') return fitString(value, budget, wraps);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_DEPTH) return fitString(`[Deeper than ${MAX_DEPTH} levels]`, budget, wraps);
  if (budget < 2) return undefined;
  return Array.isArray(value)
    ? fitList(value, budget - 2, wraps, depth)
    : fitFields(value, budget - 2, wraps, depth);
}

function parseContainer(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function cutText(text: string, room: number, wraps: number): string {
  const marker = `…[cut ${text.length} of ${text.length} characters]`;
  const roomBesideMarker = room - textBytes(marker, wraps);
  if (roomBesideMarker >= marker.length) {
    const kept = prefix(text, roomBesideMarker, wraps);
    return `${kept}…[cut ${text.length - kept.length} of ${text.length} characters]`;
  }
  const roomBesideDots = room - textBytes('…', wraps);
  return roomBesideDots >= 0 ? `${prefix(text, roomBesideDots, wraps)}…` : '';
}

/** The longest beginning that takes at most `room` bytes. Its last pair of surrogates stays whole. */
function prefix(text: string, room: number, wraps: number): string {
  let left = room;
  let end = 0;
  for (let step = Math.max(1, room); step >= 1; ) {
    const next = endOfPair(text, Math.min(text.length, end + step));
    const bytes = textBytes(text.slice(end, next), wraps, left);
    if (next > end && bytes <= left) {
      left -= bytes;
      end = next;
    } else {
      step = Math.floor(step / 2);
    }
  }
  return text.slice(0, end);
}

/** The same place, or behind the pair of surrogates that it would cut. */
function endOfPair(text: string, place: number): number {
  return isSurrogate(text, place - 1, 0xd800) && isSurrogate(text, place, 0xdc00)
    ? place + 1
    : place;
}

/** @param first - of the first or second halves */
function isSurrogate(text: string, place: number, first: number): boolean {
  const unit = text.charCodeAt(place);
  return unit >= first && unit < first + 0x400;
}

function fitList(
  list: readonly JsonValue[],
  room: number,
  wraps: number,
  depth: number,
): JsonValue[] {
  const available = room - jsonBytes(moreItems(list.length), wraps, room) - 1;
  const wants = wantsOfFirst(
    list,
    available,
    (item) => 1 + jsonBytes(item, wraps, available, depth + 1),
    needOfItem,
  );
  const share = fairShare(wants, available);
  const kept: JsonValue[] = [];
  let spare = 0;
  for (const [index, want] of wants.entries()) {
    const item = list[index] ?? null;
    const fitted = want <= share ? item : fitJson(item, share + spare - 1, wraps, depth + 1);
    if (fitted === undefined) break;
    kept.push(fitted);
    if (want > share) spare += share - 1 - jsonBytes(fitted, wraps, share + spare, depth + 1);
  }
  const missing = list.length - kept.length;
  if (missing > 0 && available >= 0) kept.push(moreItems(missing));
  return kept;
}

function fitFields(
  fields: { readonly [key: string]: JsonValue },
  room: number,
  wraps: number,
  depth: number,
): JsonValue {
  const entries = Object.entries(fields);
  const markerKey = unusedKey(fields);
  const markerBytes = keyBytes(markerKey, wraps) + jsonBytes(moreKeys(entries.length), wraps, room);
  const available = room - markerBytes - 1;
  const wants = wantsOfFirst(
    entries,
    available,
    ([key, value]) => 1 + keyBytes(key, wraps) + jsonBytes(value, wraps, available, depth + 1),
    needOfField,
  );
  const share = fairShare(wants, available);
  const kept: { [key: string]: JsonValue } = {};
  let missing = entries.length;
  let spare = 0;
  for (const [index, want] of wants.entries()) {
    const [key, value] = entries[index] ?? ['', null];
    const overhead = 1 + keyBytes(key, wraps);
    const allowance = want <= share ? want : share + spare;
    const fitted = fitJson(value, allowance - overhead, wraps, depth + 1);
    if (fitted !== undefined) {
      setField(kept, key, fitted);
      missing--;
    }
    const used =
      fitted === undefined ? 0 : overhead + jsonBytes(fitted, wraps, allowance, depth + 1);
    spare += Math.min(want, share) - used;
  }
  if (missing > 0 && available >= 0) kept[markerKey] = moreKeys(missing);
  return kept;
}

/** The bytes that the first members want: as many of them as get what they need, at least one. */
function wantsOfFirst<Member>(
  members: readonly Member[],
  available: number,
  wantOf: (member: Member) => number,
  needOf: (want: number, leastShare: number) => number,
): number[] {
  const leastShare = Math.min(LEAST_SHARE, Math.max(LEAST_SHARE_IN_NARROW_SPACE, available / 4));
  const wants: number[] = [];
  let needed = 0;
  for (const member of members) {
    const want = wantOf(member);
    needed += needOf(want, leastShare);
    if (needed > available && wants.length > 0) break;
    wants.push(want);
    if (needed > available) break;
  }
  return wants;
}

/** Items are alike: some whole ones tell more than the beginnings of all. */
function needOfItem(want: number, leastShare: number): number {
  return want <= LARGEST_WHOLE_ITEM ? want : leastShare;
}

/** Fields differ: the beginnings of all tell more than some whole ones. */
function needOfField(want: number, leastShare: number): number {
  return Math.min(want, leastShare);
}

function moreItems(count: number): string {
  return `… ${count} more items`;
}

function moreKeys(count: number): string {
  return `${count} more keys`;
}

function unusedKey(fields: object): string {
  let key = '…';
  while (Object.hasOwn(fields, key)) key += '…';
  return key;
}

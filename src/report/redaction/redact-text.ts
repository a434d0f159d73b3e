/** Masks text: opens what is JSON, base64 or URL-encoded in it, and looks for secrets in the rest. */

import { textOf } from '../text/text-of.ts';
import { describeBytes, readBase64, writeBase64 } from './base64.ts';
import { encoded, isFormText, mapForm, maskMultipart, percentDecoded } from './form-text.ts';
import { parseExactly, readCutOffJson } from './json-text.ts';
import { maskElements, maskLabelled } from './labelled-secrets.ts';
import { type Masker, type Place, placeInText } from './redact-context.ts';
import type { NameFacts } from './redact-rules.ts';
import { maskShapes, REDACTED } from './secret-shapes.ts';

/** Fewer characters of base64 hold no name with a secret. */
const SHORTEST_BASE64 = 12;

/** Fewer characters hold no name with a value. */
const SHORTEST_PAIR = 5;

/** A run of base64 that is long enough to be opened, and no part of a JSON Web Token. */
const run = /(?<![\w+/.-])[\w+/-]{24}[\w+/-]*={0,2}(?![\w+/=-]|\.[\w-])/;

/** Characters of a URL; an apostrophe is one where it does not end a quotation. */
const query = /[?#][^\s"'<>`{}\\]*(?:'(?![\s,;]|$)[^\s"'<>`{}\\]*)*/;

/**
 * What may have something encoded in the middle of a text: a data URL, the query or fragment of a
 * URL, JSON with percent escapes, base64. One pattern, so that nothing is decoded twice.
 */
const embedded = new RegExp(
  [
    /data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,([\w+/=-]+)/,
    query,
    /(%(?:7[Bb]|5[Bb]|22)[^\s"<>`{}\\]*)/,
    run,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** The length of the run of base64 in the pattern. */
const SHORTEST_RUN = 24;

/** From this length on, base64 in the middle of a text is opened whatever it begins with. */
const LONG_RUN = 1024;

/** The text masked; the same text, character for character, when there is nothing to mask in it. */
export function maskText(text: string, place: Place, masker: Masker): string {
  if (text.length < SHORTEST_PAIR) return masker.maskPatterns(text);
  return (
    maskJson(text, place, masker) ??
    maskBase64(text, place, masker) ??
    maskForm(text, place, masker) ??
    maskEscaped(text, place, masker) ??
    maskFreeText(text, place, masker)
  );
}

/** JSON, also where its end is missing. Undefined when the text is something else. */
function maskJson(text: string, place: Place, masker: Masker): string | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  const inside = placeInText(place);
  if (inside === undefined) return REDACTED;
  const parsed = parseExactly(text);
  if (parsed !== undefined) {
    const masked = masker.maskData(parsed.value, inside);
    return masked === parsed.value && parsed.isComplete ? text : JSON.stringify(masked);
  }
  const cutOff = readCutOffJson(text);
  if (cutOff === undefined) return undefined;
  const masked = masker.maskData(cutOff.value, inside);
  // What stands in the missing end's place may be half a name or number: it was not read.
  if (masked === cutOff.value) return maskAsItStands(text, place, masker);
  const json = JSON.stringify(masked);
  return json.endsWith(cutOff.closing) ? json.slice(0, -cutOff.closing.length) : json;
}

/** Base64 of text or media. Undefined when the text is something else. */
function maskBase64(text: string, place: Place, masker: Masker): string | undefined {
  const content = text.length < SHORTEST_BASE64 ? undefined : readBase64(text);
  switch (content?.kind) {
    case 'text': {
      const inside = placeInText(place);
      if (inside === undefined) return REDACTED;
      const masked = masker.maskText(content.text, inside);
      // Its letters mean nothing by themselves: they may even spell the beginning of a key.
      return masked === content.text ? masker.maskPatterns(text) : writeBase64(masked, text);
    }
    case 'media':
      return content.description;
    case 'bytes':
      return hasReadableSecret(content.bytes, masker) ? describeBytes(content.bytes) : undefined;
    case undefined:
      return undefined;
  }
}

/** Protocol buffers and other binary records have their texts in clear. */
function hasReadableSecret(bytes: Buffer, masker: Masker): boolean {
  if (bytes.length < 16) return false;
  const text = bytes.toString('latin1');
  return maskNames(maskShapes(text), masker.factsOf) !== text;
}

function maskForm(text: string, place: Place, masker: Masker): string | undefined {
  if (!isFormText(text)) return undefined;
  return maskAsItStands(maskParameters(text, place, masker), place, masker);
}

function maskParameters(text: string, place: Place, masker: Masker): string {
  const inside = placeInText(place);
  if (inside === undefined) return REDACTED;
  return mapForm(text, {
    maskName: (name) =>
      name.length < SHORTEST_RUN || name.includes('://') ? name : masker.maskText(name, inside),
    maskValue: (name, value) => textOf(masker.maskMember(name, value, inside)) ?? '',
  });
}

/** Text that is URL-encoded as a whole. Undefined when the text is something else. */
function maskEscaped(text: string, place: Place, masker: Masker): string | undefined {
  // In a URL, escapes keep apart what would fall into one if they were decoded.
  if (/\s|:\/\//.test(text)) return undefined;
  const decoded = percentDecoded(text);
  if (decoded === text) return undefined;
  const inside = placeInText(place);
  if (inside === undefined) return REDACTED;
  const masked = masker.maskText(decoded, inside);
  return masked === decoded ? maskAsItStands(text, place, masker) : encoded(masked);
}

function maskFreeText(text: string, place: Place, masker: Masker): string {
  return maskAsItStands(maskEmbedded(text, place, masker), place, masker);
}

function maskEmbedded(text: string, place: Place, masker: Masker): string {
  return text.replace(embedded, (found: string, ...details: unknown[]) => {
    const [mediaType, base64, escaped] = details;
    if (typeof base64 === 'string') return maskDataUrl(found, mediaType, base64, place, masker);
    if (typeof escaped === 'string') return maskEscaped(found, place, masker) ?? found;
    if (/^[?#]/.test(found))
      return found.includes('=') ? maskParameters(found, place, masker) : found;
    const beginsLikeJson = /^(?:e[wy]|W[w1-9yAHsx])/.test(found);
    if (found.length < LONG_RUN && !beginsLikeJson) return found;
    return maskBase64(found, place, masker) ?? found;
  });
}

function maskDataUrl(
  url: string,
  mediaType: unknown,
  base64: string,
  place: Place,
  masker: Masker,
): string {
  if (typeof mediaType === 'string' && /^(?:image|audio|video|font)\//.test(mediaType)) {
    return `[${mediaType}, ${Buffer.byteLength(base64, 'base64')} bytes]`;
  }
  const masked = maskBase64(base64, place, masker);
  if (masked === undefined || masked === base64) return url;
  return masked.startsWith('[') ? masked : url.slice(0, -base64.length) + masked;
}

/** Masks text in which there is nothing to open, or nothing more. */
function maskAsItStands(text: string, place: Place, masker: Masker): string {
  return masker.maskPatterns(maskNames(maskShapes(text), withPaths(place, masker)));
}

function maskNames(text: string, factsOf: (name: string) => NameFacts): string {
  return maskLabelled(maskElements(maskMultipart(text, factsOf), factsOf), factsOf);
}

/** Where a path leads into text that cannot be opened, its last name counts wherever it is. */
function withPaths({ trail }: Place, { factsOf }: Masker): (name: string) => NameFacts {
  if (trail.length === 0) return factsOf;
  const ends = new Set<string | undefined>(trail.map((path) => path.at(-1)));
  return (name) => {
    const facts = factsOf(name);
    return ends.has(facts.normal) ? { ...facts, sensitivity: 'all' } : facts;
  };
}

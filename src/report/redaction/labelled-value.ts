/** Finds the end of a value after a name in text, and recognises values that are no secrets. */

/** A delimiter that another `name=` follows. Lengths are limited: it is tried often. */
const nextPair =
  /(?:[&;]\s{0,8}[A-Za-z_$%][\w.$%[\]-]{0,64}|[,\s]\s{0,8}[A-Za-z_$%][\w.$%[\]-]{1,64})\s{0,2}=/y;

/** What ends a word: a space, a tag, and a quote behind which something else begins. */
const wordEnd = /\s|["'`](?=[\s,;:.)\]}>]|$)|<(?=[A-Za-z/!])/g;
const wordEndOrDelimiter = new RegExp(`${wordEnd.source}|[&;,]`, 'g');

/**
 * Index of the end of what a quote opened at `start - 1`, where the quote had `escapes` backslashes
 * before it because the JSON around it is itself in a string.
 */
export function endOfQuoted(text: string, start: number, quote: string, escapes: number): number {
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    const backslashes = backslashesBefore(text, at, start);
    // On the outermost level pairs of backslashes are content; further in, fewer are a quote's own.
    if (escapes === 0 && backslashes % 2 === 0) return at;
    if (escapes > 0 && backslashes <= escapes) return at - backslashes;
  }
  return text.length;
}

/** Index after the bracket that closes the one at `start`. */
export function endOfBrackets(text: string, start: number): number {
  const marks = /["'[\]{}]/g;
  marks.lastIndex = start;
  let open = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark] = found;
    const at = found.index;
    if (mark === '"' || (mark === "'" && /[[{(,:]\s?$/.test(text.slice(at - 2, at)))) {
      const end = endOfQuoted(text, at + 1, mark, backslashesBefore(text, at, start));
      marks.lastIndex = text.indexOf(mark, end) + 1 || text.length;
    } else if (mark === '[' || mark === '{') {
      open++;
    } else if (mark !== "'" && --open === 0) {
      return at + 1;
    }
  }
  return text.length;
}

/** End of the line, or of the quotes around it. */
export function endOfLine(text: string, start: number, quoteBefore: string | undefined): number {
  const end = indexOfNext(/[\r\n]/g, text, start);
  if (quoteBefore === undefined) return end;
  return start + endOfQuoted(text.slice(start, end), 0, quoteBefore, 0);
}

/** End of one word; punctuation at its end is not part of it. */
export function endOfWord(text: string, start: number): number {
  const end = indexOfNext(wordEnd, text, start);
  const hasBracket = text.slice(start, end).includes('[');
  const punctuation = hasBracket ? /[.,;:!?)}\\]/ : /[.,;:!?)}\]\\]/;
  let trimmed = end;
  while (trimmed > start && punctuation.test(text.charAt(trimmed - 1))) trimmed--;
  return trimmed === start ? end : trimmed;
}

/**
 * End of what was assigned with `=`. A value that begins a line is a setting and may hold spaces
 * and quotes; within a line a word ends. Either way the next pair ends the value.
 */
export function endOfAssigned(text: string, start: number, beginsLine: boolean): number {
  // One pass over both kinds of ends: the next certain one may be far behind the next pair.
  const ends = beginsLine ? /[&;,\s]/g : wordEndOrDelimiter;
  ends.lastIndex = start;
  for (let found = ends.exec(text); found !== null; found = ends.exec(text)) {
    const isCertain = beginsLine ? /[\r\n]/.test(found[0]) : !/[&;,]/.test(found[0]);
    nextPair.lastIndex = found.index;
    if (isCertain || nextPair.test(text)) return found.index;
  }
  return text.length;
}

function indexOfNext(what: RegExp, text: string, start: number): number {
  what.lastIndex = start;
  return what.exec(text)?.index ?? text.length;
}

function backslashesBefore(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && text.charAt(start - 1) === '\\') start--;
  return at - start;
}

const placeholder =
  /^(?:your[-_ ][\w -]*|<[^<>]*>|\*+|x{4,}|…|\.{3}|\$\{[^{}]*\}|\{\{[^{}]*\}\}|process\.env\.\w+|\[redacted\])$/i;

const typeOrNothing =
  /^(?:null|none|nil|undefined|true|false|string|str|number|int|integer|bool|boolean|any|unknown|void|object|required|optional)$/i;

/** `options.apiKey`: the name at the end says what it refers to. */
const memberPath = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*\??\.([A-Za-z_$][\w$]*)$/;

/** `createToken(user)`, or the beginning of it up to the first space. */
const call = /^(?:await |new )?[A-Za-z_$][A-Za-z_$.?]{2,}\((?:[^()\s]*\)|[^()\s]*,)?$/;

/** `ApiKeySource`, `accessToken`: two words and no digit, one of them of the kind of the name. */
const secretIdentifier =
  /^(?=.*(?:key|token|secret|password|credential|auth|cookie))[A-Za-z]*[a-z][A-Z_][A-Za-z_]*$/i;

/** A value in quotes that stands for one to be filled in. */
export function isPlaceholder(value: string): boolean {
  return value === '' || (value.length <= 64 && placeholder.test(value));
}

/** A value without quotes that is a placeholder, a type, or code that refers to the real one. */
export function isHarmless(value: string, isSensitive: (name: string) => boolean): boolean {
  // Of a line of code only the first word is the value.
  const code = /^\S{1,63}[,;)}](?=\s)/.exec(value)?.[0] ?? value;
  if (code.length > 64) return false;
  const word = code.replace(/[,;)}\]]+$/, '');
  const target = memberPath.exec(word)?.[1];
  return (
    isPlaceholder(word) ||
    typeOrNothing.test(word) ||
    secretIdentifier.test(word) ||
    call.test(code.replace(/[;]+$/, '')) ||
    (target !== undefined && isSensitive(target))
  );
}

/** A number that counts something: `4096`, `128k`. */
export function isCount(value: string): boolean {
  return value.length <= 12 && /^\s*[\d_.,]*[kKM]?\s*$/.test(value);
}

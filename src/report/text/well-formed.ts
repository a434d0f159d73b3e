const loneSurrogate = /\p{Surrogate}/u;

/** The text with each half of a surrogate pair that stands alone replaced by U+FFFD, as UTF-8 does. */
export function wellFormed(text: string): string {
  return loneSurrogate.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
}

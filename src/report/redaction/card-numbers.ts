/** Finds payment card numbers. */

const SHORTEST = 13;
const LONGEST = 19;

/** Single characters between groups of digits: space, no-break space, dash. */
const separators: readonly string[] = [' ', '\u00A0', '-'];

/**
 * Beginnings and lengths by issuer. They, not the check digit alone, keep ordinary numbers: every
 * tenth number has a valid check digit. No issuer here begins with 1, so times in milliseconds
 * (13 digits, until 2033), microseconds and nanoseconds are never taken for cards; AWS account ids
 * have 12 digits.
 */
const issuers: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)\d*$(?<=^\d{16})/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^(?:30[0-5]|3095|36|3[89])\d*$(?<=^(?:\d{14}|\d{16}))/, // Diners Club
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/, // JCB
  /^(?:6011|64[4-9]|65|62|81)\d*$(?<=^\d{16,19})/, // Discover, UnionPay, RuPay
  /^(?:5018|5020|5038|5893|6304|6759|676[1-3])\d*$/, // Maestro
  /^220[0-4]\d{12,15}$/, // Mir
];

/**
 * The text with each card number replaced. Digits may be parted by single spaces or dashes; a
 * number begins and ends where a group of digits does.
 */
export function maskCardNumbers(text: string, mask: string): string {
  const candidates = /\d{13,}|\d+[ \u00A0-](?=\d)/g;
  let masked = '';
  let copied = 0;
  for (let found = candidates.exec(text); found !== null; found = candidates.exec(text)) {
    const end = endOfCard(text, found.index);
    if (end === undefined) continue;
    masked += text.slice(copied, found.index) + mask;
    copied = end;
    candidates.lastIndex = end;
  }
  return masked + text.slice(copied);
}

/** Whether the digits, without separators, are a card number. */
export function isCardNumber(digits: string): boolean {
  return endOfCard(digits, 0) === digits.length;
}

/** Index after the last digit of the card number that begins at `start`. */
function endOfCard(text: string, start: number): number | undefined {
  // The digits of a fraction: some embeddings would have a card number in them.
  if (text.charAt(start - 1) === '.') return undefined;
  const sums: CheckSums = { evenDoubled: 0, oddDoubled: 0, length: 0 };
  for (let end = start; sums.length <= LONGEST; end++) {
    if (isDigit(text, end)) {
      addDigit(sums, text.charCodeAt(end) - 0x30);
      continue;
    }
    if (isValid(sums) && isIssued(text.slice(start, end))) {
      // Parts of a UUID look like groups of a card number.
      const isGrouped = end - start > sums.length;
      const around = text.charAt(start - 1) + text.charAt(end);
      const isFractional = text.charAt(end) === '.' && isDigit(text, end + 1);
      return isFractional || (isGrouped && /[A-Za-z]/.test(around)) ? undefined : end;
    }
    if (!separators.includes(text.charAt(end)) || !isDigit(text, end + 1)) return undefined;
  }
  return undefined;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
}

/**
 * The check of Luhn: every second digit from the right counts double, the sum ends in 0. Which ones
 * these are from the left depends on how many digits follow, so both sums are kept.
 */
interface CheckSums {
  evenDoubled: number;
  oddDoubled: number;
  length: number;
}

function addDigit(sums: CheckSums, digit: number): void {
  const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
  const isEven = sums.length % 2 === 0;
  sums.evenDoubled += isEven ? doubled : digit;
  sums.oddDoubled += isEven ? digit : doubled;
  sums.length++;
}

function isValid({ evenDoubled, oddDoubled, length }: CheckSums): boolean {
  const sum = length % 2 === 0 ? evenDoubled : oddDoubled;
  return length >= SHORTEST && length <= LONGEST && sum % 10 === 0;
}

function isIssued(number: string): boolean {
  const digits = number.replace(/\D/g, '');
  return issuers.some((issuer) => issuer.test(digits));
}

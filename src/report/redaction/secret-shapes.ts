/** Recognises secrets and personal data by their shape. */

/** What stands where a secret was. */
export const REDACTED = '[redacted]';

/*
 * All patterns take linear time: each begins with a literal and takes characters of one class, so
 * that what a try has read is not read again by the next. Where a further condition decides, the
 * pattern takes the whole candidate and the code decides. `x{16}x*` stands for `x{16,}`, for which
 * the engine needs memory with each character, until it fails on texts of several megabytes.
 */

/** A private key with or without its end: what is cut off is hidden up to the end of the text. */
const privateKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-{0,5}|$)/g;

/** The encodings of `{"`, `{ `, and `{` with a line break, as the first part of a JSON Web Token. */
const jsonWebToken = /e(?:yJ|yA|wo|w0)[\w-]*(?:\.[\w-]*){0,4}/g;

/** Long-term, temporary and service-specific credentials of AWS; a secret key that stands beside. */
const awsKeys =
  /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)(?:[A-Z0-9]{16}(?![A-Za-z0-9])|[A-Z0-9]{4,15}$)(?:([\s,;:|"'=]{1,12})[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+]))?/g;

const awsSessionToken =
  /(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)[A-Za-z0-9+/=]{32}[A-Za-z0-9+/=]*/g;

const bearer = /\b(bearer|basic)([ \t]+)([\w.~+/-]+=*)/gi;

/** Keys that their issuers mark with a beginning. Sources: the issuers' documentation. */
const markedKeys = keysThatBeginWith([
  'sk-ant-[\\w-]{8,}', // Anthropic
  '(?:sk|rk)_(?:live|test)_\\w{8,}|whsec_[\\w+/=]{16,}', // Stripe
  'gh[opsur]_[A-Za-z0-9]{16,}|github_pat_\\w{16,}', // GitHub
  'gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\\w.-]{16,}', // GitLab
  'xox[abdeprs]-[\\w-]{8,}|xapp-[\\w-]{16,}|xwfp-[\\w-]{16,}', // Slack
  'hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/-]{16,}',
  'discord(?:app)?\\.com/api/webhooks/\\d{5,25}/[\\w-]{16,}',
  'AIza[\\w-]{30,}|ya29\\.[\\w.-]{16,}|GOCSPX-[\\w-]{16,}', // Google
  'npm_[A-Za-z0-9]{30,}|pypi-AgE[\\w-]{16,}|rubygems_[0-9a-f]{32,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}|key-[0-9a-f]{32}|SK[0-9a-f]{32}', // SendGrid, Mailgun, Twilio
  'hf_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}', // Hugging Face, Groq, Replicate
  'xai-[\\w-]{20,}|pplx-[A-Za-z0-9]{20,}|tvly-[\\w-]{16,}|nvapi-[\\w-]{20,}', // xAI, Perplexity …
  'lsv2_(?:pt|sk)_\\w{16,}|pcsk_\\w{16,}', // LangSmith, Pinecone
  'ABSK[A-Za-z0-9+/]{40,}=*|bedrock-api-key-[A-Za-z0-9+/=_-]{16,}', // Amazon Bedrock
  'dapi[0-9a-f]{32}|dop_v1_[0-9a-f]{32,}|do[or]_v1_[0-9a-f]{32,}', // Databricks, DigitalOcean
  'hv[sbr]\\.[\\w-]{16,}|dckr_pat_[\\w-]{16,}|sntry[su]_[\\w+/=-]{16,}', // Vault, Docker, Sentry
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|sq0[a-z]{3}-[\\w-]{20,}', // Shopify, Square
  'lin_api_[A-Za-z0-9]{20,}|ntn_[A-Za-z0-9]{20,}|figd_[\\w-]{20,}|PMAK-[\\w-]{20,}',
  'ATATT3[\\w=-]{20,}|sbp_[0-9a-f]{32,}|EAA[A-Za-z0-9]{60,}|AGE-SECRET-KEY-1[A-Z0-9]{20,}',
  '\\d{8,10}:AA[\\w-]{32,}', // Telegram
]);

/** OpenAI and many who copy it. The beginning is short: `sk-` also begins file names. */
const openAiLikeKey = /(?<![A-Za-z0-9])sk-[\w-]{16}[\w-]*/g;

/** The user part of a URL: it ends at the last @ before the path. */
const urlUser = /:\/\/[^\s/?#"<>\\]+@/g;

/** Of a URL that is no web address, a password may hold what would end it in one. */
const databaseUrlUser =
  /\b(?!https?:)[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:"<>]{0,128}:(?!\d{1,5}[/?#])[^\s@"<>]{1,256}@/gi;

/** The password that curl is given with the user. */
const curlUser =
  /(\bcurl\b[^\r\n]{0,300}?\s(?:-u|--user)[ =]?['"]?)[^\s'":-][^\s'":]{0,100}:[^\s'"]+/g;

/** The text with all that looks like a secret replaced. */
export function maskShapes(text: string): string {
  // The shortest of all: a bearer token of eight characters.
  if (text.length < 12) return text;
  return maskCardNumbers(maskKeys(maskUrlUsers(text)), REDACTED);
}

function keysThatBeginWith(alternatives: readonly string[]): RegExp {
  const patterns = alternatives.join('|').replace(/(\[[^\]]*\]|\\w)\{(\d+),\}/g, '$1{$2}$1*');
  return new RegExp(`(?<![A-Za-z0-9])(?:${patterns})`, 'g');
}

function maskUrlUsers(text: string): string {
  if (!text.includes('://')) return text;
  return text
    .replace(databaseUrlUser, (found) => `${found.slice(0, found.indexOf(':'))}://${REDACTED}@`)
    .replace(urlUser, `://${REDACTED}@`);
}

function maskKeys(text: string): string {
  return text
    .replace(privateKey, REDACTED)
    .replace(jsonWebToken, (found) => (isJsonWebToken(found) ? REDACTED : found))
    .replace(awsKeys, (_: string, gap?: string) =>
      gap === undefined ? REDACTED : `${REDACTED}${gap}${REDACTED}`,
    )
    .replace(awsSessionToken, REDACTED)
    .replace(markedKeys, REDACTED)
    .replace(openAiLikeKey, (found) => (/\d|[A-Z]/.test(found) ? REDACTED : found))
    .replace(curlUser, `$1${REDACTED}`)
    .replace(bearer, (found: string, scheme: string, gap: string, credentials: string) =>
      isCredentials(scheme, credentials) ? `${scheme}${gap}${REDACTED}` : found,
    );
}

/** At least two parts: a first part alone is a header, which is no secret. */
function isJsonWebToken(candidate: string): boolean {
  const [header = '', payload = ''] = candidate.split('.');
  if (payload.length < 4) return false;
  if (candidate.startsWith('eyJ') && header.length >= 10) return true;
  const start = Buffer.from(header.slice(0, 400), 'base64url').toString();
  return /"(?:alg|enc|typ|kid|x5t)"\s*:/.test(start);
}

/** Bearer and basic are English words: of what follows them, plain words are no credentials. */
function isCredentials(scheme: string, candidate: string): boolean {
  if (candidate.length < 8) return false;
  if (scheme.toLowerCase() === 'bearer') return !/^[A-Z]?[a-z]{1,14}[.-]?$/.test(candidate);
  const userAndPassword = Buffer.from(candidate, 'base64').toString();
  return (
    /^[^\p{Cc}\uFFFD]*:[^\p{Cc}\uFFFD]*$/u.test(userAndPassword) ||
    (candidate.length >= 16 && /\d/.test(candidate) && /[A-Z]/.test(candidate))
  );
}

/** Digits of a card number. */
const SHORTEST_CARD = 13;
const LONGEST_CARD = 19;

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
  for (let end = start; sums.length <= LONGEST_CARD; end++) {
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
  return length >= SHORTEST_CARD && length <= LONGEST_CARD && sum % 10 === 0;
}

function isIssued(number: string): boolean {
  const digits = number.replace(/\D/g, '');
  return issuers.some((issuer) => issuer.test(digits));
}

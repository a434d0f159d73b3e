/** Finds secrets in text by what they look like, whatever the name is that they stand under. */
import { maskCardNumbers } from './card-numbers.ts';

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

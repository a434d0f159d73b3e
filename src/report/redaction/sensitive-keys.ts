/** Knows from the name of a field, header, parameter or variable whether its value is a secret. */

/**
 * What is to be hidden under a name. `all`: the value whatever it is. `text`: a text or number, not
 * what is inside of an object, because the name also stands for harmless structure (`jwt.claims`).
 * `tokens`: texts but not numbers, because the name is also used for counts.
 */
export type Sensitivity = 'none' | 'all' | 'text' | 'tokens';

/**
 * Words that make a name sensitive wherever they stand in it. The lookaheads let pass secretary,
 * secretion, secretive, Secrets Manager and passwordless.
 */
const anywhere =
  /pass(?:word(?!less)|wd|phrase|code|key)|passwort|kennwort|contrasena|motdepasse|wachtwoord|secret(?!s?manager|ar[iy]|ion|ive|or|e[ds]?$)|credential|(?:api|private)key|[cx]srf|connectionstr|socialsecurity|seedphrase|recoveryphrase/;

/** Last words of names that say something about a secret and do not hold it. */
const aspects = words(
  'arn arns name names type types kind length size count policy policies expires expiry expiration',
  'expired at in on date days age ttl required enabled disabled valid invalid exists version status',
  'strength score rotation provider manager source method algorithm alg format label placeholder',
  'error errors attempts retries requirements rules min max limit',
);

/** Words at the end of a name that do not change what it holds. */
const neutral = words(
  'value values string text raw plain plaintext hash hashed digest encoded decoded encrypted b64',
  'base64 header headers param parameter field input confirm confirmation repeat again old new',
  'current previous prod production dev development staging stage test live sandbox default primary',
  'secondary backup json data content env',
);

const atTheEnd =
  /(?:authorizations?|cookies?|pwd|(?<!method|function|type|call|email)signature|(?:access|sign|signing|encrypt|encryption|decryption|master|shared|account|subscription|functions?|auth|app|application|consumer|licen[cs]e|ssh|deploy|session|security|service|servicerole|admin|hmac|aes|rsa|webhook|client|server|cipher|vault)keys?|accesskeyids?|cvv|cvc|ssn|t?otps?|(?:credit|debit)cards?|(?:card|cc)(?:number|num|no)|(?:otp|mfa|2fa|factor|verification|security|recovery|backup|auth|authentication|authorization)codes?)$/;

/** Names that are too short or too common to be looked for at the end of longer ones. */
const whole =
  /^(?:(?:basic|http|proxy|registry|x|xregistry)?auth|bearer|sid|connectsid|phpsessid|jsessionid|sessid|sig|sas|psk|(?:db|user|smtp|ftp|sftp|mysql|pg|postgres|redis|admin|root|mail|email|login|my)?pass)$/;

/** Whose `pass` and `pin` are meant; a boarding pass and a map pin are not. */
const owners = words(
  'db user smtp ftp sftp mysql pg postgres redis mongo rabbitmq admin root mail email login my',
  'card debit credit atm account new old current access security',
);

/** Before `token`: a cursor, an idempotency mark or an entry of a model's vocabulary. */
const harmlessTokens = words(
  'next page nextpage prevpage continuation pagination starting sync cancel cancellation idempotency',
  'clientrequest eos bos pad unk mask sep cls stop special',
);

/** Before `token`: a number of LLM tokens, or a price or time for one. */
const countedTokens = words(
  'max min num total per input output prompt completion cached cache reasoning thinking audio image',
  'text first last used remaining budget',
);

/** The name without case, separators and accents: `X-Api_Key` and `xApiKey` are `xapikey`. */
export function normalName(name: string): string {
  return wordsOf(name).join('') || name.toLowerCase();
}

/** What the built-in list says about the value that stands under a name. */
export function sensitivityOf(name: string): Sensitivity {
  const all = wordsOf(name);
  if (anywhere.test(all.join(''))) return isAspect(all) ? 'none' : 'all';
  const core = withoutNeutralEnd(all);
  const stem = core.join('');
  if (/tokens?$/.test(stem)) return tokenSensitivity(core, stem);
  if (atTheEnd.test(stem)) return 'all';
  if (whole.test(stem) || core.at(-1) === 'jwt' || isOwned(core, 'pass')) return 'text';
  return isOwned(core, 'pin') ? 'all' : 'none';
}

function tokenSensitivity(core: readonly string[], stem: string): Sensitivity {
  const last = core.at(-1) ?? '';
  const before = last.replace(/tokens?$/, '') || (core.at(-2) ?? '');
  if (harmlessTokens.has(before) || /clientrequesttoken$/.test(stem)) return 'none';
  return stem.endsWith('s') || countedTokens.has(before) ? 'tokens' : 'all';
}

function isAspect(name: readonly string[]): boolean {
  const last = name.at(-1) ?? '';
  // A "secret id" is a credential in HashiCorp Vault; ids of other things are not.
  return aspects.has(last) || (last === 'id' && !name.includes('secret'));
}

function isOwned(core: readonly string[], noun: string): boolean {
  return core.at(-1) === noun && (core.length === 1 || owners.has(core.at(-2) ?? ''));
}

function withoutNeutralEnd(name: readonly string[]): readonly string[] {
  let end = name.length;
  while (end > 1 && (neutral.has(name[end - 1] ?? '') || /^\d+$/.test(name[end - 1] ?? ''))) end--;
  return name.slice(0, end);
}

function wordsOf(name: string): string[] {
  const plain = /^[ -~]*$/.test(name) ? name : name.normalize('NFKD').replace(/\p{M}/gu, '');
  const found = plain.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[\p{Lt}\p{Lm}\p{Lo}]+|\p{N}+/gu);
  return (found ?? []).map((word) => word.toLowerCase());
}

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}

/** Tells what stands after a sensitive name in text and is no secret: placeholders, types, code. */

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

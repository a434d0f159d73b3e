import { createHash, timingSafeEqual } from 'node:crypto';

/** Judges the key of a request. */
export type KeyCheck = (key: string | undefined) => 'accepted' | 'missing' | 'wrong';

/** Accepts the given keys, or any key when none is given. */
export function createKeyCheck(keys: readonly string[]): KeyCheck {
  const digests = keys.map(digest);
  return (key) => {
    if (key === undefined || key === '') {
      return 'missing';
    }
    if (digests.length === 0) {
      return 'accepted';
    }
    // All digests are compared, each in constant time: the time taken tells nothing about a key.
    const given = digest(key);
    const matches = digests.filter((known) => timingSafeEqual(known, given));
    return matches.length > 0 ? 'accepted' : 'wrong';
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

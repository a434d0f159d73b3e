import { createHash, timingSafeEqual } from 'node:crypto';

/** Checks the API key of a request. */
export type KeyCheck = (key: string | undefined) => 'accepted' | 'missing' | 'wrong';

/** Accepts the configured keys, or any key if none is configured. */
export function createKeyCheck(keys: readonly string[]): KeyCheck {
  const digests = keys.map(digest);
  return (key) => {
    if (key === undefined || key === '') {
      return 'missing';
    }
    if (digests.length === 0) {
      return 'accepted';
    }
    // Compares all digests in constant time, so that timing reveals nothing about the keys.
    const keyDigest = digest(key);
    const matches = digests.filter((accepted) => timingSafeEqual(accepted, keyDigest));
    return matches.length > 0 ? 'accepted' : 'wrong';
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

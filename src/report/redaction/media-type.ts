/** The beginnings, in hexadecimal digits, of files that travel as base64 in events and LLM messages. */
const beginnings: readonly [mediaType: string, hexadecimal: RegExp][] = [
  ['image/png', /^89504e47/],
  ['image/jpeg', /^ffd8ff/],
  ['image/gif', /^47494638(?:37|39)61/],
  ['image/webp', /^52494646.{8}57454250/],
  ['image/tiff', /^(?:49492a00|4d4d002a)/],
  ['image/avif', /^.{8}6674797061766966/],
  ['image/heic', /^.{8}6674797068656963/],
  ['audio/wav', /^52494646.{8}57415645/],
  ['audio/mpeg', /^(?:4944330[2-4]00|fff[23b])/],
  ['audio/ogg', /^4f67675300/],
  ['audio/flac', /^664c614300/],
  ['audio/mp4', /^.{8}667479704d3441/],
  ['video/mp4', /^.{8}66747970/],
  ['video/webm', /^1a45dfa3/],
  ['application/pdf', /^255044462d/],
  ['application/zip', /^504b0304/],
  ['application/gzip', /^1f8b08/],
  ['application/zstd', /^28b52ffd/],
  ['application/x-bzip2', /^425a68.{2}314159/],
  ['application/x-xz', /^fd377a585a00/],
];

/** The media type that the first bytes tell, if they tell one. */
export function mediaTypeOf(bytes: Buffer): string | undefined {
  const start = bytes.toString('hex', 0, 16);
  return beginnings.find(([, beginning]) => beginning.test(start))?.[0];
}

/** The `code` of an error of Node.js or an SDK, such as `ENOENT`; undefined where there is none. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}

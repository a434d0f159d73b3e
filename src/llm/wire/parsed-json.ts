/** The value of a JSON text; undefined where it is none. */
export function parsedJson(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return value;
  } catch {
    return undefined;
  }
}

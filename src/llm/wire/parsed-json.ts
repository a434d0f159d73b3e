/** The value of a JSON text; undefined if it is not JSON. */
export function parsedJson(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return value;
  } catch {
    return undefined;
  }
}

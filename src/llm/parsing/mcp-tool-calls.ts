/**
 * The names of the tools that a request to an MCP server calls. It has one call, or a list.
 *
 * @param body - its end may be missing
 */
export function calledTool(body: readonly Uint8Array[]): readonly string[] {
  const text = Buffer.concat(body).toString();
  try {
    const parsed: unknown = JSON.parse(text);
    const calls: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return calls.flatMap(nameIn);
  } catch {
    return nameInCutText(text);
  }
}

const method = 'tools/call';

function nameIn(call: unknown): readonly string[] {
  if (typeof call !== 'object' || call === null) return [];
  if (!('method' in call) || call.method !== method || !('params' in call)) return [];
  const { params } = call;
  const name: unknown =
    typeof params === 'object' && params !== null && 'name' in params && params.name;
  return typeof name === 'string' && name !== '' ? [name] : [];
}

/** The name comes before the arguments, which may be long. */
function nameInCutText(text: string): readonly string[] {
  const name =
    /"method"\s*:\s*"tools\/call"\s*,\s*"params"\s*:\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(
      text.slice(0, 2_048),
    )?.[1];
  if (name === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(name);
    return typeof parsed === 'string' ? [parsed] : [];
  } catch {
    // Not JSON, so no request to an MCP server.
    return [];
  }
}

import { isPlainError } from '../base/error-stack.ts';
import type { CaptureMode } from '../config/option-values.ts';
import type { RawTask } from '../delivery/journal/journal-entry.ts';
import type { Invocation } from '../invocation/invocation.ts';

// Writing it holds up the end of the process.
const mostCharacters = 256 * 1024;

/** What the report of a task can be made of when its process has ended. */
export function rawTask({ input, ended }: Invocation, capture: CaptureMode): RawTask {
  if (capture === 'off' || capture === 'shape') return {};
  const outcome = ended?.outcome;
  return {
    input: short(input.kind === 'text' ? JSON.stringify(input.text) : textOf(input)),
    response: outcome?.kind === 'response' ? short(outcome.json) : undefined,
    ...(outcome?.kind === 'failure' && errorOf(outcome.thrown.value)),
  };
}

function textOf(input: Invocation['input']): string | undefined {
  return input.kind === 'json' ? input.json : undefined;
}

function short(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= mostCharacters ? text : undefined;
}

function errorOf(thrown: unknown): Pick<RawTask, 'error'> {
  try {
    if (!(thrown instanceof Error) || !isPlainError(thrown)) return {};
    const { name, message, stack } = thrown;
    return { error: { name: String(name), message: String(message), ...(stack && { stack }) } };
  } catch {
    return {};
  }
}

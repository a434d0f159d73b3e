import { isPlainError } from '../base/error-stack.ts';
import type { CaptureMode } from '../config/option-values.ts';
import type { RawTask, WrittenError } from '../delivery/journal/journal-entry.ts';
import type { Invocation } from '../invocation/invocation.ts';

// Writing it holds up the end of the process.
const mostCharacters = 256 * 1024;

/** What the report of a task can be made of when its process has ended. */
export function rawTask(invocation: Invocation, capture: CaptureMode): RawTask {
  if (capture === 'off' || capture === 'shape') return {};
  const { input, ended } = invocation;
  const outcome = ended?.outcome;
  const { failure } = invocation.recorded();
  return {
    input: short(input.kind === 'text' ? JSON.stringify(input.text) : textOf(input)),
    response: outcome?.kind === 'response' ? short(outcome.json) : undefined,
    ...(outcome?.kind === 'failure' && { error: errorOf(outcome.thrown.value) }),
    ...(failure && { failure: failureOf(failure.value) }),
  };
}

function textOf(input: Invocation['input']): string | undefined {
  return input.kind === 'json' ? input.json : undefined;
}

function short(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= mostCharacters ? text : undefined;
}

function failureOf(reason: unknown): WrittenError | string {
  if (typeof reason === 'string') return reason.slice(0, mostCharacters);
  return errorOf(reason) ?? 'The handler reported a failure.';
}

function errorOf(thrown: unknown): WrittenError | undefined {
  try {
    if (!(thrown instanceof Error) || !isPlainError(thrown)) return undefined;
    const { name, message, stack } = thrown;
    return { name: String(name), message: String(message), ...(stack && { stack }) };
  } catch {
    return undefined;
  }
}

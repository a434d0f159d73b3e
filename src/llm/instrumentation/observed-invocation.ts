import type { LlmRecord } from '../usage/llm-record.ts';

/** The part of an invocation that the instrumentation uses. */
interface RunningInvocation {
  /** Hosts whose responses are read, beside those of known LLMs. Undefined: nothing is read. */
  readonly llmHosts: ReadonlySet<string> | undefined;
  readonly ended: unknown;
  readonly addRecord: (record: LlmRecord) => void;
}

export type ObservedInvocation = RunningInvocation & { readonly llmHosts: ReadonlySet<string> };

/** Finds the invocation that a call made now belongs to. */
export type FindInvocation = () => RunningInvocation | undefined;

/** The invocation, if it is running and its calls are to be read. */
export function observedInvocation(find: FindInvocation): ObservedInvocation | undefined {
  const invocation = find();
  return invocation && isObserved(invocation) && !invocation.ended ? invocation : undefined;
}

function isObserved(invocation: RunningInvocation): invocation is ObservedInvocation {
  return invocation.llmHosts !== undefined;
}

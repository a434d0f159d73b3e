import { currentInvocation } from '../../invocation/current-task.ts';
import type { Invocation } from '../../invocation/invocation.ts';

export type InstrumentedInvocation = Invocation & { readonly llmHosts: ReadonlySet<string> };

/** The invocation that makes a call now; undefined if there is none whose LLM calls are captured. */
export function instrumentedInvocation(): InstrumentedInvocation | undefined {
  const invocation = currentInvocation();
  return invocation && isInstrumented(invocation) && !invocation.ended ? invocation : undefined;
}

function isInstrumented(invocation: Invocation): invocation is InstrumentedInvocation {
  return invocation.llmHosts !== undefined;
}

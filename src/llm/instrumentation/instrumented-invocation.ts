import { currentInvocation } from '../../invocation/current-task.ts';
import type { Invocation } from '../../invocation/invocation.ts';

export type TappedInvocation = Invocation & { readonly llmHosts: ReadonlySet<string> };

/** The run that a call made now belongs to; undefined where there is none that wants to know. */
export function tappedInvocation(): TappedInvocation | undefined {
  const invocation = currentInvocation();
  return invocation && isTapped(invocation) && !invocation.ended ? invocation : undefined;
}

function isTapped(invocation: Invocation): invocation is TappedInvocation {
  return invocation.llmHosts !== undefined;
}

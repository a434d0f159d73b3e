import { currentInvocation } from '../../capture/current-task.ts';
import type { Invocation } from '../../capture/invocation.ts';

/** The run that a call made now belongs to; undefined where there is none that wants to know. */
export function tappedInvocation(): Invocation | undefined {
  const invocation = currentInvocation();
  return invocation?.isTapped && !invocation.ended ? invocation : undefined;
}

/** Tells calls apart by the ids of their responses. */
import type { ParsedUsage } from '../parsed-usage/parsed-usage.ts';
import { Call, type Observation } from './call.ts';

/** One call for all observations with an id in common, whatever their sources; two requests are two. */
export function callsById(observations: readonly Observation[]): readonly Call[] {
  const calls = new Set<Call>();
  const callOfId = new Map<string, Call>();
  for (const observation of observations) {
    const ids = idsOf(observation.usage);
    const known = new Set(ids.flatMap((id) => callOfId.get(id) ?? []));
    const [call = new Call(observation), ...others] = [...known].filter(
      (one) => !isAnotherExchange(one, observation),
    );
    if (call.observations[0] !== observation) call.add([observation]);
    for (const other of others) {
      call.add(other.observations);
      calls.delete(other);
    }
    calls.add(call);
    for (const { usage } of call.observations) {
      for (const id of idsOf(usage)) callOfId.set(id, call);
    }
  }
  return [...calls];
}

/** Whether both have an id of a provider, so that they cannot be the same call. */
export function areTellingApart(one: Call, other: Call): boolean {
  return hasProviderId(one) && hasProviderId(other);
}

function idsOf({ id, otherIds = [] }: ParsedUsage): readonly string[] {
  return id === undefined ? otherIds : [id, ...otherIds];
}

/** The wire shows how many calls there are, also where a server repeats its ids. */
function isAnotherExchange(call: Call, { source, isPoll }: Observation): boolean {
  return (
    source === 'http' &&
    !isPoll &&
    call.observations.some((other) => other.source === 'http' && !other.isPoll)
  );
}

function hasProviderId({ observations }: Call): boolean {
  return observations.some(({ source, usage: { id, provider } }) => {
    if (id === undefined) return false;
    const isLibrary = source === 'otel' || provider === 'langchain' || provider === 'vercel-ai';
    return !isLibrary || !mayBeInvented(id);
  });
}

/** LangGraph gives messages a UUID, the AI SDK 16 or 24 letters: so do some providers. */
function mayBeInvented(id: string): boolean {
  return /^(?:[\da-f]{8}-[\da-f-]{27}|[A-Za-z\d]{16}|[A-Za-z\d]{24})$/.test(id);
}

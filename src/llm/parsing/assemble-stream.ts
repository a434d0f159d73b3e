import { allProviders } from '../providers/all-providers.ts';

/** The answer that these events make up; undefined when they are of no known provider. */
export function assembleStream(events: readonly unknown[]): unknown {
  for (const event of events) {
    const provider = allProviders.find(({ stream }) => stream?.isEvent(event));
    if (provider?.stream !== undefined) return provider.stream.assemble(events);
  }
  return undefined;
}

import { allProviders } from '../providers/all-providers.ts';

/**
 * The response that these events of a stream make up; undefined if no provider has such events.
 *
 * @param isEnded - whether the stream has its end mark
 */
export function assembleStream(events: readonly unknown[], isEnded: boolean): unknown {
  for (const event of events) {
    const provider = allProviders.find(({ stream }) => stream?.isEvent(event));
    if (provider?.stream !== undefined) return provider.stream.assemble(events, isEnded);
  }
  return undefined;
}

/** The ways of attaching the reporter to a function, each with several environments side by side. */

import { attached, reporterLayer, sentinelLayer } from '../layer/attached-layer.ts';
import type { ManagedInstances } from '../support/lambda/function-environment.ts';

export interface Attachment {
  readonly name: string;
  readonly slots: readonly SlotOptions[];
}

/** What each environment in a place is like, one after the other. */
export interface SlotOptions {
  readonly handler: string;
  readonly layers: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly isStream: boolean;
  readonly isInBand: boolean;
  /** Whether an extension beside the function survives the function's process. */
  readonly hasSentinel: boolean;
  readonly managedInstances?: ManagedInstances;
}

/** Each waits for its deliveries at most so long. */
export const budgetMs = 600;

const inCode = { module: 'chaos', layers: [], variables: {} };
const byLayer = { module: 'chaos-plain', layers: [reporterLayer], variables: attached };
const withSentinel = (flush: string): Kind => ({
  ...byLayer,
  layers: [reporterLayer, sentinelLayer],
  variables: { ...attached, XPANDER_SENTINEL_FLUSH: flush },
});

export const attachments: readonly Attachment[] = [
  { name: 'wrapper, in-band', slots: slotsOf(inCode, 'in-band') },
  { name: 'wrapper, after the response', slots: slotsOf(inCode) },
  { name: 'layer', slots: slotsOf(byLayer) },
  ...['adaptive', 'end', 'periodic'].map((flush) => ({
    name: `layer and sentinel, ${flush}`,
    slots: slotsOf(withSentinel(flush)),
  })),
  { name: 'Managed Instances', slots: managedSlots() },
];

interface Kind {
  readonly module: string;
  readonly layers: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Some report little of long values; the last one streams. */
function slotsOf({ module, layers, variables }: Kind, delivery?: string): SlotOptions[] {
  const few = { XPANDER_MAX_BYTES: '20000' };
  const common = {
    XPANDER_BUDGET_MS: String(budgetMs),
    ...variables,
    ...(delivery !== undefined && { XPANDER_DELIVERY: delivery }),
  };
  return [few, few, {}, {}, few].map((size, index, all) => {
    const isStream = index === all.length - 1;
    return {
      handler: `${module}.${isStream ? 'streaming' : 'handler'}`,
      layers,
      variables: { ...common, ...size },
      isStream,
      isInBand: delivery === 'in-band',
      hasSentinel: layers.includes(sentinelLayer),
    };
  });
}

function managedSlots(): SlotOptions[] {
  const managedInstances = { maxConcurrency: 4, workers: 2 };
  return [inCode, byLayer, withSentinel('adaptive')].flatMap((kind) =>
    slotsOf(kind)
      .slice(0, 1)
      .map((slot) => ({ ...slot, managedInstances })),
  );
}

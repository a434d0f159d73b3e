/** The places of an attachment, and the environments that live there one after the other. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Attachment } from './attachments.ts';
import { type Environment, startEnvironment, temporaryFolder } from './environments.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { type Note, notesIn } from './notes.ts';
import { seededRandom } from './seeded-random.ts';
import { weather } from './weather.ts';

/** An environment from its start to its end. */
export interface Life {
  /** For instance `2b`: the second environment in place 2. */
  readonly name: string;
  readonly environment: Environment;
  readonly proxy: FaultyProxy;
  readonly isInBand: boolean;
  readonly isManaged: boolean;
  readonly hasSentinel: boolean;
  /** What its handler has written down. */
  readonly notes: () => readonly Note[];
  /** What became of it; a life that ended has no /tmp any more. */
  end: 'idle' | 'spindown' | 'abandoned';
}

export interface Slot {
  /** The environment that lives there now; a new one where the last one has ended. */
  readonly current: () => Promise<Life>;
  readonly lives: readonly Life[];
}

export interface SlotsOptions {
  readonly attachment: Attachment;
  readonly platformUrl: string;
  readonly seed: number;
  readonly timeoutMs: number;
}

export function openSlots(options: SlotsOptions): Slot[] {
  return options.attachment.slots.map((_, index) => openSlot(index, options));
}

function openSlot(index: number, options: SlotsOptions): Slot {
  const lives: Life[] = [];
  let current: Promise<Life> | undefined;
  let started = 0;
  const start = async (): Promise<Life> => {
    const name = `${index}${String.fromCodePoint(97 + lives.length)}`;
    const life = await startLife(name, index, options);
    lives.push(life);
    return life;
  };
  return {
    lives,
    current: () => {
      // Several may ask while the first of them waits for its start.
      const hasEnded = lives.length > 0 && lives.at(-1)?.end !== 'idle';
      if (current === undefined || (hasEnded && started === lives.length)) {
        started += 1;
        current = start();
      }
      return current;
    },
  };
}

async function startLife(name: string, index: number, options: SlotsOptions): Promise<Life> {
  const { attachment, platformUrl, seed, timeoutMs } = options;
  const { handler, layers, variables, isInBand, hasSentinel, managedInstances } =
    attachment.slots[index]!;
  const random = seededRandom(seed, `weather of ${name}, ${attachment.name}`);
  const proxy = await startFaultyProxy(platformUrl, weather(random));
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const notesFile = join(await temporaryFolder(), 'notes');
  const environment = await startEnvironment({
    handler,
    layers,
    timeoutMs,
    // With less the sentinel is off, and a function expects to wait for its share of a CPU.
    memoryMb: 512,
    ...(managedInstances !== undefined && { managedInstances }),
    variables: {
      ...variables,
      XPANDER_BASE_URL: proxy.url,
      XPANDER_API_KEY: 'key-of-the-test',
      NOTES_FILE: notesFile,
    },
  });
  return {
    name,
    environment,
    proxy,
    isInBand,
    hasSentinel,
    isManaged: managedInstances !== undefined,
    notes: () => notesIn(notesFile),
    end: 'idle',
  };
}

/** Lambda needs it no longer. */
export async function spinDown(life: Life): Promise<void> {
  life.end = 'spindown';
  await life.environment.shutdown();
  await life.environment.close();
}

/** Lambda has ended its processes after a failure, and never uses it again. */
export async function abandon(life: Life): Promise<void> {
  life.end = 'abandoned';
  await rm(life.environment.lambda.tmp, { recursive: true, force: true });
  await life.environment.close();
}

/**
 * A function with 128 MB has 7 % of a CPU. No invocation that the bare function finishes times out
 * because it is reported, and every report gets out, whole or with what there was time for.
 *
 * Each case with one share of a CPU; `SHAPES=all` takes all shares.
 */
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Place, placesIn } from '../chaos/account.ts';
import type { InvocationResult, Settlement } from '../support/lambda/invocation-result.ts';
import { startLambda } from '../support/lambda/lambda.ts';
import { reportingTo } from '../support/sample-function.ts';

const timeoutMs = 3_000;
const mostMore = 6;
const shares = [0.07, 0.14, 0.25];
const takesAll = process.env['SHAPES'] === 'all';
const attachments = ['wrapper', 'in-band', 'layer'] as const;
type Attachment = (typeof attachments)[number];

const root = new URL('../../', import.meta.url);
const taskRoot = fileURLToPath(new URL('test/functions', root));
const layer = fileURLToPath(new URL('layer/dist/reporter', root));

/** As many characters as an event of that many kilobytes has. */
function event(kilobytes: number): object {
  const text = 'The quick brown fox. '.repeat(Math.ceil((kilobytes * 1024) / 21));
  return { text, bytes: kilobytes * 1024 };
}

const crash = { way: 'exits' };
const plain = { ok: true };

const runs: Readonly<Record<string, readonly object[]>> = {
  'long events and answers': [event(190), event(190), event(190), plain],
  'longer ones': [event(750), event(750), plain],
  'a crash, and a plain event after it': [event(190), crash, plain, crash, plain],
  'a crash, and a long event after it': [plain, crash, event(190), event(190), plain],
  'a handler that computes for half of its time': [{ busyMs: 1_500 }, { busyMs: 1_500 }, plain],
  'a handler that waits for most of its time': [{ waitMs: 2_000 }, { waitMs: 2_000 }, plain],
};

describe.each(shares)('%d of a CPU', (cpuShare) => {
  describe.each(attachments)('%s', (attachment) => {
    const place = shares.indexOf(cpuShare) + attachments.indexOf(attachment);
    const these = Object.entries(runs).filter(
      (_, index) => takesAll || (index + place) % shares.length === 0,
    );
    test.concurrent.for(these)('%s', async ([, events], { expect }) => {
      await using small = await start(attachment, cpuShare);
      const { invoke, places } = small;

      const expected: Record<string, string> = {};
      for (const one of events) {
        const { requestId, kind, settlement } = await invoke(one);
        const isCrash = one === crash;
        expected[requestId] = isCrash ? 'failed' : 'completed';
        expect({ kind, settled: settlement.kind }).toEqual(
          isCrash ? { kind: 'exit', settled: 'exit' } : { kind: 'response', settled: 'next' },
        );
      }
      // What there was no time for leaves with one of the next.
      for (let more = mostMore; more > 0; more -= 1) {
        await invoke(plain);
        if (isDeepStrictEqual(statuses(places(), expected), expected)) return;
      }
      expect(statuses(places(), expected)).toEqual(expected);
    });
  });
});

function statuses(places: readonly Place[], of: object): Record<string, string> {
  const ours = places.filter(({ id }) => id in of);
  return Object.fromEntries(ours.map(({ id, status }) => [id, status]));
}

interface Small extends AsyncDisposable {
  readonly invoke: (event: object) => Promise<InvocationResult & { settlement: Settlement }>;
  readonly places: () => Place[];
}

async function start(attachment: Attachment, cpuShare: number): Promise<Small> {
  const platform = await startLocalPlatform();
  const ofLayer = {
    handler: 'large.bare',
    layers: [layer],
    environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/xpander-lambda/exec-wrapper' },
  };
  const ofWrapper = {
    handler: 'large.wrapped',
    environment: { XPANDER_DELIVERY: attachment === 'in-band' ? attachment : 'auto' },
  };
  const { environment, ...attached } = attachment === 'layer' ? ofLayer : ofWrapper;
  const lambda = await startLambda({
    ...{ taskRoot, timeoutMs, cpuShare },
    ...attached,
    memoryMb: Math.round(cpuShare * 1_769),
    environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform), ...environment },
  });
  return {
    async invoke(one) {
      const result = await lambda.invoke(one);
      return { ...result, settlement: await result.settled };
    },
    places: () => placesIn(platform, [lambda]),
    async [Symbol.asyncDispose]() {
      await lambda.close();
      await platform.close();
    },
  };
}

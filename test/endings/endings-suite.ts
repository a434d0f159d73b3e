/** Each ending runs bare and with a reporter, attached in every way that its family knows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heldLimitMs } from '../layer/held-beyond-bare.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';
import { type Deployed, deployFamily } from './deploy-family.ts';
import { type Ending, on } from './ending.ts';
import { expectReport } from './expect-report.ts';
import type { Attachment, Family } from './family.ts';
import { type Environment, type Observed, startEnvironment } from './observed-environment.ts';

/** Anything that would tell a caller, or a reader of the log, that a reporter is there. */
const ours = /xpander|\{repository\}\/(?:dist|layer)\//;

interface Bare {
  readonly environment: Environment;
  /** By the names of the endings. */
  readonly observed: Map<string, Promise<Observed>>;
}

export function runFamily(runtime: ManagedRuntime, family: Family): void {
  describe(family.name, () => {
    let deployed: Deployed;
    const bare = new Map<string, Promise<Bare>>();
    const bareOf = (attachment: Attachment): Promise<Bare> => {
      const { taskRoot } = deployed;
      const started =
        bare.get(attachment.bare) ??
        startEnvironment({ taskRoot, runtime, attachment, isReported: false }).then(
          (environment): Bare => ({ environment, observed: new Map() }),
        );
      bare.set(attachment.bare, started);
      return started;
    };
    beforeAll(async () => {
      deployed = await deployFamily(family);
    });
    afterAll(async () => {
      for (const started of bare.values()) {
        await (await started).environment[Symbol.asyncDispose]();
      }
      await deployed[Symbol.asyncDispose]();
    });

    for (const attachment of family.attachments) {
      describe.each([
        { with: attachment.name, hasSentinel: false },
        { with: `${attachment.name} and sentinel`, hasSentinel: true },
      ])('$with', ({ hasSentinel }) => {
        let environment: Environment;
        beforeAll(async () => {
          const { taskRoot } = deployed;
          const options = { taskRoot, runtime, attachment, isReported: true, hasSentinel };
          environment = await startEnvironment(options);
        });
        afterAll(() => environment[Symbol.asyncDispose]());

        test.each(endingsOf(family, attachment, runtime))('$name', async (ending) => {
          const { environment: without, observed } = await bareOf(attachment);
          const first = observed.get(ending.name) ?? without.observe(ending);
          observed.set(ending.name, first);
          const [before, after] = [await first, await environment.observe(ending)];

          expect(before.result).toMatchObject(on(runtime, ending.gives));
          if (!ending.isRace || after.result.kind === before.result.kind) {
            expect(after.caller).toEqual(before.caller);
          }
          expect(after.counts).toEqual(before.counts);
          if (ending.ruinsProcess) expect(after.following).toEqual(before.following);
          expect(JSON.stringify(after.caller)).not.toMatch(ours);
          // A reporter may warn of a ruined process, but an error is the handler's alone.
          if (!ending.ruinsProcess && after.result.kind !== 'response') {
            expect(after.lines.join('\n')).not.toMatch(ours);
          }
          expectReport(environment.platform, after, on(runtime, ending.report), ending);
          await expectNotHeld(ending, { without, environment, before, after });
        });
      });
    }
  });
}

function endingsOf({ endings }: Family, { name }: Attachment, runtime: ManagedRuntime): Ending[] {
  return endings.filter(
    ({ runtimes, attachments }) =>
      (runtimes?.includes(runtime) ?? true) && (attachments?.includes(name) ?? true),
  );
}

/**
 * How long clearing a process away takes, which a bare one may not have to: after the first delivery
 * V8 finishes compiling the parser of the HTTP client, in the background, before the process is gone.
 */
const exitMs = 200;

interface Pair {
  readonly without: Environment;
  readonly environment: Environment;
  readonly before: Observed;
  readonly after: Observed;
}

/** Looks once more, since the machine may have been busy with something else. */
async function expectNotHeld(ending: Ending, pair: Pair): Promise<void> {
  let heldMs = pair.after.heldMs - pair.before.heldMs;
  if (heldMs > heldLimitMs) {
    const before = await pair.without.observe(ending);
    const after = await pair.environment.observe(ending);
    heldMs = Math.min(heldMs, after.heldMs - before.heldMs);
  }
  const limitMs = heldLimitMs + (pair.after.end === 'exit' ? exitMs : 0);
  expect(heldMs, 'held beyond bare, in ms').toBeLessThanOrEqual(limitMs);
}

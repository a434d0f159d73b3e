/** A handler that reads slowly slows the server as it does without a reporter; nothing is hoarded. */

import { expect, onTestFinished, test } from 'vitest';
import { reportedBy, type Surroundings, startSurroundings } from './surroundings.ts';

test.each(['fetch', 'http'])('%s', async (client) => {
  const surroundings = await startSurroundings();
  onTestFinished(() => surroundings[Symbol.asyncDispose]());

  // A server that is slower than the handler, on a busy machine, does not stall: then both run again.
  const stalledMs = { bare: 0, reported: 0 };
  let reports: readonly object[] = [];
  for (let run = 0; run < 6 && Math.min(...Object.values(stalledMs)) <= 150; run += 1) {
    const bare = await read(surroundings, client, 'wrapped.bare');
    const reported = await read(surroundings, client, 'wrapped.handler');
    expect(reported.seen).toEqual(bare.seen);
    stalledMs.bare = Math.max(stalledMs.bare, bare.stalledMs ?? 0);
    stalledMs.reported = Math.max(stalledMs.reported, reported.stalledMs ?? 0);
    reports = reported.reports;
  }

  expect(stalledMs.bare).toBeGreaterThan(150);
  expect(stalledMs.reported).toBeGreaterThan(150);
  expect(reports).toMatchObject([{ is_success: true, tokens: null }]);
});

/** Twenty megabytes in two thousand pieces. */
async function read(
  surroundings: Surroundings,
  client: string,
  handler: string,
): Promise<{ seen: unknown; stalledMs: number | undefined; reports: readonly object[] }> {
  const lambda = await surroundings.start({ ...reportedBy.wrapper, handler });
  const call = { client, call: 'slowReader', behaviour: 'text' };
  const { seen, requests, reports } = await surroundings.run(lambda, call);
  return { seen, stalledMs: requests[0]?.stalledMs, reports };
}

/** A handler that reads slowly slows the server as it does without a reporter; nothing is hoarded. */

import { expect, onTestFinished, test } from 'vitest';
import { reportedBy, type Surroundings, startSurroundings } from './surroundings.ts';

test.each(['fetch', 'http'])('%s', async (client) => {
  const surroundings = await startSurroundings();
  onTestFinished(() => surroundings[Symbol.asyncDispose]());

  const bare = await read(surroundings, client, 'wrapped.bare');
  const reported = await read(surroundings, client, 'wrapped.handler');

  expect(reported.seen).toEqual(bare.seen);
  expect(bare.stalledMs).toBeGreaterThan(150);
  expect(reported.stalledMs).toBeGreaterThan(150);
  expect(reported.reports).toMatchObject([{ is_success: true, tokens: null }]);
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

/** Keeps reports in the folder that it is given, and says how that went. */
import { createSpool } from '../../../src/delivery/spool/spool.ts';
import { waitingReport } from './sample-spooled.ts';

const spool = createSpool({ folder: process.argv[2] ?? '' });
for (const [id, length] of [
  ['small', 10],
  ['large', 100_000],
  ['small again', 10],
] as const) {
  const [givenUp] = spool.keep(waitingReport({ id, result: 'x'.repeat(length) }));
  console.log(`${id}: ${givenUp === undefined ? 'kept' : 'given up'}`);
}

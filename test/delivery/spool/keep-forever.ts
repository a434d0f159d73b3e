/**
 * Keeps reports until it is killed. Writes a line into the log before and after each: what it is
 * about to keep, and that it did.
 */
import { openSync, writeSync } from 'node:fs';
import { createSpool } from '../../../src/delivery/spool/spool.ts';
import { waitingReport } from './sample-spooled.ts';

const [folder = '', logFile = '', firstStep = '0'] = process.argv.slice(2);
const log = openSync(logFile, 'a');
const spool = createSpool({ folder });
for (let step = Number(firstStep); ; step += 1) {
  const id = `run-${step % 7}`;
  writeSync(log, `begin ${id} ${step}\n`);
  // Each time with another name, so that the old file has to be removed after the new one is there.
  const waiting = waitingReport({
    id,
    isSuccess: step % 2 === 0,
    since: step % 3,
    attempts: step,
    result: 'x'.repeat((step % 5) * 100_000),
  });
  if (spool.keep(waiting).length > 0) throw new Error('there was no room');
  writeSync(log, `kept ${id} ${step}\n`);
  if (step % 11 === 0) {
    writeSync(log, `begin ${id} removal\n`);
    spool.remove(id);
    writeSync(log, `kept ${id} removal\n`);
  }
}

/**
 * Keeps the function's timeout for the next processes of the environment: their first event has less,
 * as Lambda runs their init within it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  noteTimeout,
  seenTimeoutMs,
} from '../../delivery/execution-environment/function-timeout.ts';

export function keepTimeout(folder: string): void {
  try {
    writeFileSync(fileIn(folder), String(seenTimeoutMs()), { mode: 0o600 });
  } catch {
    // A full disk: a later report names a limit that is too short.
  }
}

export function readKeptTimeout(folder: string): void {
  try {
    const timeoutMs = Number(readFileSync(fileIn(folder), 'utf8'));
    if (Number.isFinite(timeoutMs)) noteTimeout(timeoutMs);
  } catch {
    // The first process of its environment.
  }
}

function fileIn(folder: string): string {
  return join(folder, 'timeout-ms');
}

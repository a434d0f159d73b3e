/** Where the time of an init goes: CPU profiles of a variant and of its baseline, file by file. */

import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RuntimeClient } from '../support/runtime-client/installed-client.ts';
import { startFunction } from './benchmarked-function.ts';
import { type CpuProfile, timeByFile } from './read-profile.ts';
import { median } from './statistics.ts';
import type { BuiltFunction } from './task-root.ts';

export interface ProfileOptions {
  readonly client: RuntimeClient;
  readonly built: BuiltFunction;
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of this name below `temp` gets the profiles. */
  readonly name: string;
}

export interface InitProfile {
  /** Milliseconds by file: the median of several inits. */
  readonly times: ReadonlyMap<string, number>;
  /** Modules of Node.js itself that were loaded by the end of the init. */
  readonly builtins: readonly string[];
  /** The folder with the `.cpuprofile` files, which Chrome's DevTools open. */
  readonly folder: string;
}

const runs = 7;
const samplingIntervalUs = 100;
const temp = fileURLToPath(new URL('temp', import.meta.url));

/** A profile is written when a process exits by itself; a killed one leaves none. */
const exitOnSignal = `process.on('SIGUSR2', () => {
  process._rawDebug('loaded ' + JSON.stringify(process.moduleLoadList));
  process.exit(0);
});
`;

export async function profileInit(options: ProfileOptions): Promise<InitProfile> {
  const folder = join(temp, 'profiles', options.name.replaceAll(/\W+/g, '-'));
  const preload = join(temp, 'exit-on-signal.cjs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(preload, exitOnSignal);

  let builtins: string[] = [];
  for (let run = 0; run < runs; run += 1) {
    const functionProcess = await startFunction({
      client: options.client,
      built: options.built,
      environment: options.environment,
      nodeArguments: [
        '--cpu-prof',
        `--cpu-prof-dir=${folder}`,
        `--cpu-prof-interval=${samplingIntervalUs}`,
        '--require',
        preload,
      ],
    });
    await functionProcess.end('SIGUSR2');
    builtins = builtinsIn(functionProcess.logs);
  }
  return { times: medianTimes(readProfiles(folder)), builtins, folder };
}

function builtinsIn(logs: readonly string[]): string[] {
  const line = logs.find((text) => text.startsWith('loaded ')) ?? 'loaded []';
  const loaded: string[] = JSON.parse(line.slice('loaded '.length));
  return loaded.flatMap((name) => /^NativeModule (.+)$/.exec(name)?.[1] ?? []);
}

function readProfiles(folder: string): CpuProfile[] {
  return globSync(join(folder, '*.cpuprofile'))
    .filter((file) => existsSync(file))
    .map((file): CpuProfile => JSON.parse(readFileSync(file, 'utf8')));
}

function medianTimes(profiles: readonly CpuProfile[]): Map<string, number> {
  const times = profiles.map(timeByFile);
  const files = new Set(times.flatMap((time) => [...time.keys()]));
  return new Map(
    [...files].map((file) => [file, median(times.map((time) => time.get(file) ?? 0))]),
  );
}

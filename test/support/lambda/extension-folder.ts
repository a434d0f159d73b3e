/** A folder like `/opt/extensions`, with launchers of the extension that tests use. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** How `handlers/external-extension.mjs` behaves. */
export interface ExtensionBehaviour {
  /** @default INVOKE and SHUTDOWN */
  readonly events?: readonly string[];
  /** How long it works on each event. @default 0 */
  readonly workMs?: number;
  readonly crash?: 'start' | 'invoke';
  /** @default 'exits', a tenth of a second later */
  readonly onShutdown?: 'exits' | 'stays';
  /** Subscribes to telemetry; the first batches are refused. @default it does not */
  readonly telemetry?: {
    readonly types?: readonly string[];
    readonly timeoutMs?: number;
    readonly failures?: number;
  };
}

/** What one extension noted, in order. */
export interface Note {
  readonly environment?: Readonly<Record<string, string>>;
  readonly event?: { readonly eventType: string; readonly [field: string]: unknown };
  readonly subscription?: { readonly status: number; readonly body: unknown };
  readonly batch?: readonly { readonly type: string; readonly record: unknown }[];
}

/** Makes the folder, which lasts as long as the test. */
export async function extensionFolder(
  extensions: Readonly<Record<string, ExtensionBehaviour>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'extensions-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = fileURLToPath(new URL('handlers/external-extension.mjs', import.meta.url));
  for (const [name, behaviour] of Object.entries(extensions)) {
    const launcher = [
      '#!/bin/sh',
      'unset NODE_OPTIONS',
      `export EXTERNAL_NAME='${name}' EXTERNAL='${JSON.stringify(behaviour)}'`,
      `exec node '${program}'`,
    ];
    await writeFile(join(folder, name), `${launcher.join('\n')}\n`, { mode: 0o755 });
  }
  return folder;
}

export async function notesOf(name: string, { tmp }: { readonly tmp: string }): Promise<Note[]> {
  const text = await readFile(join(tmp, `${name}.jsonl`), 'utf8').catch(() => '');
  // The last line may be half written.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Note);
}

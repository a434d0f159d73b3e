/** Runs a function of the conformance suite and records everything visible from outside. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { idleMs } from '../support/lambda/hold.ts';
import type { Interval } from '../support/lambda/interval.ts';
import type { InvocationResult, Settlement } from '../support/lambda/invocation-result.ts';
import { type LambdaOptions, startLambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';
import type { Run, Shape } from './shapes/shape.ts';

const folders = fileURLToPath(new URL('shapes/temp', import.meta.url));

/** What was observed, without values that differ between two starts. */
export interface Observation {
  /** Lines before the first event. */
  readonly init: Lines;
  readonly runs: readonly ObservedRun[];
}

export interface ObservedRun {
  readonly caller: unknown;
  readonly end: Pick<Settlement, 'kind'> & { readonly exitCode?: number | null };
  readonly lines: Lines;
}

/** The log has two pipes, so only lines of the same pipe keep their order. */
export interface Lines {
  readonly console: readonly string[];
  readonly other: readonly string[];
}

export interface Observed {
  readonly observation: Observation;
  readonly results: readonly InvocationResult[];
  /** How long each run held the environment while no request of `onTheWay` was open. */
  readonly heldMs: readonly number[];
}

export interface Watch {
  /** When requests of the reporter were open. @default never */
  readonly onTheWay?: () => readonly Interval[];
  /** Waits for background work of a process that is never frozen. */
  readonly delivered?: () => Promise<void>;
}

/** Writes a function's files to a new folder. */
export async function deploy(shape: Shape): Promise<{ taskRoot: string } & AsyncDisposable> {
  await mkdir(folders, { recursive: true });
  const folder = await mkdtemp(join(folders, 'task-'));
  const taskRoot = join(folder, 'task');
  // Isolates the function from the package.json of this repository.
  await write(join(folder, 'package.json'), '{}');
  await mkdir(taskRoot);
  for (const [path, text] of Object.entries(shape.files)) {
    if (path.endsWith('/')) await mkdir(join(taskRoot, path), { recursive: true });
    else await write(join(taskRoot, path), text);
  }
  return {
    taskRoot,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * @param requestIds - of the runs, the same for every observation of a shape
 */
export async function observe(
  shape: Shape,
  runtime: ManagedRuntime,
  requestIds: readonly string[],
  attachment: Pick<LambdaOptions, 'taskRoot' | 'layers' | 'environment' | 'cpuShare'>,
  { onTheWay = () => [], delivered = async () => {} }: Watch = {},
): Promise<Observed> {
  const lambda = await startLambda({
    handler: shape.handler ?? 'index.handler',
    runtime,
    memoryMb: 384,
    timeoutMs: 10_000,
    ...shape.options,
    ...attachment,
  });
  try {
    const init = [...lambda.logs];
    const results: InvocationResult[] = [];
    const ends: ObservedRun['end'][] = [];
    const heldMs: number[] = [];
    const invokeNext = async (index: number, { event, callerLeaves }: Run): Promise<void> => {
      const requestId = requestIds[index] ?? '';
      const result = await lambda.invoke(event, {
        requestId,
        ...(callerLeaves && { callerLeaves }),
      });
      const end = await result.settled;
      results[index] = result;
      heldMs[index] = idleMs(end.held, onTheWay());
      const exitCode = end.kind === 'exit' ? { exitCode: end.exitCode } : {};
      ends[index] = { kind: end.kind, ...exitCode };
    };
    const runs = runsOf(shape, runtime);
    if (shape.options?.managedInstances) {
      await Promise.all(runs.map((run, index) => invokeNext(index, run)));
    } else {
      for (const [index, run] of runs.entries()) await invokeNext(index, run);
    }
    await delivered();
    // Lines that are still in transit belong to the last invocation.
    await lambda.close();
    // Lines of init may be read after the first event was sent.
    const late = results[0]?.logs.filter((line) => lineOfNoRun.test(line)) ?? [];
    const raw = {
      init: sortedByKind([...init, ...late]),
      runs: results.map((result, index) => ({
        caller: seenByCaller(result),
        end: ends[index],
        lines: sortedByKind(result.logs.filter((line) => index > 0 || !late.includes(line))),
      })),
    };
    const places = { [lambda.tmp]: '/tmp', ...(lambda.opt ? { [lambda.opt]: '/opt' } : {}) };
    const text = withoutAccidents(JSON.stringify(raw), places);
    return { observation: JSON.parse(text), results, heldMs };
  } finally {
    await lambda.close();
  }
}

export function runsOf({ runs }: Shape, runtime: ManagedRuntime): readonly Run[] {
  return 'nodejs24.x' in runs ? runs[runtime] : runs;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/**
 * What the runtime client of Node.js 22 says where its process is still alive when Lambda has given
 * the environment up: which of the two comes first is chance.
 */
const lineOfTheEnd = /\bFailed to get next invocation, error 403\b/;

/** The runtime client writes a dash instead of the request id outside an invocation. */
const lineOfNoRun = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t-\t/;

const consoleLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t|^\{"timestamp":/;

function sortedByKind(allLines: readonly string[]): Lines {
  const lines = allLines.filter((line) => !lineOfTheEnd.test(line));
  return {
    console: lines.filter((line) => consoleLine.test(line)),
    other: lines.filter((line) => !consoleLine.test(line)),
  };
}

/**
 * Frames of Node.js that come and go with what else is due in the same turn of the event loop: in
 * a list, in a line of the log, in the cause for X-Ray. The text is JSON, and JSON within it too.
 */
const volatile =
  'node:internal/process/task_queues|node:internal/timers|node:internal/async_hooks|node:events';
const volatileFrame = new RegExp(
  `,\\\\*"\\s+at [^"\\\\]*\\((?:${volatile}):[^"\\\\]*\\\\*"|\\\\r\\s+at [^"\\\\]*\\((?:${volatile}):\\d+:\\d+\\)`,
  'g',
);

/** The same frames in the cause for X-Ray. */
const volatileCause =
  /,\{\\+"path\\+":\\+"node\\+",\\+"line\\+":null,\\+"label\\+":\\+"(?:process|listOnTimeout|emit)[^"\\]*\\+"\}/g;

/** Times, addresses, folders and identifiers. */
function withoutAccidents(text: string, places: Readonly<Record<string, string>>): string {
  let shown = text.replaceAll(volatileFrame, '').replaceAll(volatileCause, '');
  for (const [place, name] of Object.entries(places)) shown = shown.replaceAll(place, name);
  return (
    shown
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '{time}')
      .replaceAll(/Root=1-[\w-]+;Parent=\w+/g, '{trace id}')
      .replaceAll(/127\.0\.0\.1:\d+/g, '{address}')
      .replaceAll(/\(node:\d+\)/g, '(node:{pid})')
      // In Lambda version 3 of the runtime client is one file, here it has a main beside it.
      .replaceAll('.stand-in/client.mjs', '.stand-in/index.mjs')
  );
}

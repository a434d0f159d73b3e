/** One reporter of the function, on the other end of the socket. */
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Log } from '../../base/log.ts';
import { removeJournalEntry } from '../../delivery/journal/orphaned-runs.ts';
import type { DestinationName } from '../protocol/destination-name.ts';
import { createLineReader } from '../protocol/message-lines.ts';
import { type FunctionMessage, messageLine, type SentinelMessage } from '../protocol/messages.ts';
import { readFunctionMessage } from '../protocol/parse-function-message.ts';
import type { DestinationSender } from './destination-sender.ts';
import { type WatchedProcess, watchProcess } from './process-memory.ts';
import type { MonitoredRun, RunMonitor } from './run-monitor.ts';

export interface ConnectionParts {
  readonly watch: RunMonitor;
  /** Where journal entries lie. */
  readonly runsFolder: string;
  /** Undefined when nobody can report there from here. */
  readonly deskFor: (destination: DestinationName) => DestinationSender | undefined;
  /** Of the function, in MB. */
  readonly memoryLimitMb: number | undefined;
  /** Whether a connection may end while its process lives on: a worker's. */
  readonly hasWorkers: boolean;
  readonly log: Log;
}

// From here on a run has something to lose, and its handler waits for something.
const longRunMs = 1_000;
// A process that runs out of memory may do so within a fraction of a second.
const sampleMs = 100;
// Between the end of its connections and its own a process has its memory taken away.
const dyingMs = 500;
const dyingPollMs = 10;

let hasComplained = false;

export function acceptFunction(socket: Socket, parts: ConnectionParts): void {
  const { watch, log } = parts;
  const runs = new Map<number, MonitoredRun>();
  let sender: DestinationSender | undefined;
  let process: WatchedProcess = watchProcess(undefined);
  let sampling: NodeJS.Timeout | undefined;
  let warming: NodeJS.Timeout | undefined;

  const tell = (message: SentinelMessage): void => {
    if (socket.writable) socket.write(messageLine(message));
  };
  const rest = (): void => {
    if ([...runs.values()].some(({ isDone }) => !isDone)) return;
    clearInterval(sampling);
    clearTimeout(warming);
    sampling = undefined;
  };
  const attend = (): void => {
    if (sampling !== undefined) return;
    sampling = setInterval(process.sample, sampleMs);
    // Should it time out there is no time for loading.
    warming = setTimeout(() => sender?.warmUp(), longRunMs);
  };

  const hello = ({ process: identity, destination }: FunctionMessage & { kind: 'hello' }): void => {
    process = watchProcess(identity);
    sender = destination && parts.deskFor(destination);
    if (sender === undefined) watch.someoneReportsAlone();
    tell({ kind: sender ? 'welcome' : 'refused' });
  };

  const begin = (message: FunctionMessage & { kind: 'begin' }): void => {
    if (sender === undefined) return;
    const { requestId, stub } = message;
    const isStubFile = message.file !== undefined && dirname(message.file) === parts.runsFolder;
    const file = isStubFile ? message.file : undefined;
    const memory = () => ({ heldMb: process.heldMb(), limitMb: parts.memoryLimitMb });
    const birth = watch.birthOf(requestId);
    const run = { requestId, sender, stub, file, memory, birth, isDone: false };
    runs.set(message.run, run);
    watch.begin(run);
    process.sample();
    attend();
  };

  const hear = (message: FunctionMessage): void => {
    switch (message.kind) {
      case 'hello':
        hello(message);
        break;
      case 'load-error':
        watch.loadFailed(message.text);
        break;
      case 'begin':
        begin(message);
        break;
      case 'kept':
        sender?.lookAgain();
        watch.changes.tell();
        break;
      case 'exit':
        watch.processLeaves();
        for (const run of runs.values()) if (!run.isDone) void watch.orphaned(run);
        break;
      default: {
        const run = runs.get(message.run);
        if (run !== undefined) hearOf(run, message);
      }
    }
  };

  const hearOf = (run: MonitoredRun, message: FunctionMessage & { run: number }): void => {
    switch (message.kind) {
      case 'step':
        if (run.stub !== undefined) run.stub = { ...run.stub, ...message.step };
        break;
      case 'start':
        run.sender.takeStart(message.report);
        break;
      case 'report': {
        const { endedAt = Date.now(), endedMonotonicMs } = message;
        const origin = { birth: run.birth, endedAt, endedMonotonicMs };
        run.sender.take(message.report, () => tell({ kind: 'taken', run: message.run }), origin);
        watch.done(run);
        rest();
        break;
      }
      case 'close':
        runs.delete(message.run);
        watch.done(run);
        rest();
    }
  };

  const onLine = (line: string | undefined): void => {
    const message = line === undefined ? undefined : readFunctionMessage(line);
    if (message !== undefined) {
      hear(message);
      void holdBack();
    } else if (!hasComplained) {
      hasComplained = true;
      log.warn('a message to the sentinel cannot be read, and is left out.');
    }
  };
  /** Before the memory is full. */
  const holdBack = async (): Promise<void> => {
    if (!sender?.isFull() || socket.isPaused()) return;
    socket.pause();
    await watch.changes.until(
      () => !sender?.isFull(),
      () => Number.POSITIVE_INFINITY,
    );
    socket.resume();
  };

  const closed = async (): Promise<void> => {
    clearInterval(sampling);
    clearTimeout(warming);
    const deadline = Date.now() + dyingMs;
    const open = [...runs.values()].filter(({ isDone }) => !isDone);
    if (open.length > 0 && !parts.hasWorkers) {
      while (process.isRunning() && Date.now() < deadline) await pause(dyingPollMs);
      // It has let go of the connection, and reports alone.
      if (process.isRunning()) {
        for (const run of open) watch.done(run);
        return;
      }
    }
    await Promise.all(open.map(watch.orphaned));
    // Reported, but the process had no time to say that it knows.
    for (const { file, isDone } of runs.values()) {
      if (isDone && file !== undefined && process.isRunning() === false) removeJournalEntry(file);
    }
  };

  socket.on('error', () => undefined);
  socket.on('close', () => void closed());
  socket.on('data', createLineReader(onLine));
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, timeMs));
}

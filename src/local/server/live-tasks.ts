import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { PlacedRow, TaskList } from '../store/task-list.ts';
import type { StreamReady, TaskRow } from '../wire/page-data.ts';

/** Tells open pages of tasks as they are saved. */
export interface LiveTasks {
  publish(saved: PlacedRow): void;
  /**
   * Streams to a client until it goes away.
   *
   * @param lastEventId - the last event that the client has seen, empty when there is none
   */
  stream(answer: ServerResponse, headers: Record<string, string>, lastEventId: string): void;
  /** Ends all streams. */
  end(): void;
}

// How soon a browser connects again.
const retryMs = 1000;
const heartbeatMs = 15_000;
// What waits for a client that does not read. Beyond it the client is cut off.
const mostWaitingBytes = 1024 * 1024;
// A client that missed more does better to load its list anew.
const mostMissed = 200;

export function createLiveTasks(list: Pick<TaskList, 'newestPosition' | 'since'>): LiveTasks {
  // Positions start anew with each file, so events are known by the process as well.
  const epoch = randomUUID().slice(0, 8);
  const clients = new Set<ServerResponse>();
  let heartbeat: NodeJS.Timeout | undefined;
  let ended = false;

  function send(client: ServerResponse, text: string): void {
    client.write(text);
    if (client.writableLength > mostWaitingBytes) client.destroy();
  }

  function toEvent({ position, row }: { position: number; row: TaskRow }): string {
    return `id: ${epoch}-${position}\nevent: task\ndata: ${JSON.stringify(row)}\n\n`;
  }

  /** What the client has missed; undefined when that cannot be told. */
  function missedSince(lastEventId: string): readonly PlacedRow[] | undefined {
    const [, itsEpoch, position] = /^(\w+)-(\d{1,15})$/.exec(lastEventId) ?? [];
    if (itsEpoch !== epoch) return undefined;
    const missed = list.since(Number(position), mostMissed + 1);
    return missed.length > mostMissed ? undefined : missed;
  }

  function remove(client: ServerResponse): void {
    clients.delete(client);
    if (clients.size === 0) {
      clearInterval(heartbeat);
      heartbeat = undefined;
    }
  }

  return {
    publish(saved) {
      if (clients.size === 0) return;
      const event = toEvent(saved);
      for (const client of clients) send(client, event);
    },
    stream(answer, headers, lastEventId) {
      answer.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
      if (ended || answer.destroyed) {
        answer.end();
        return;
      }
      const missed = lastEventId === '' ? [] : missedSince(lastEventId);
      const ready: StreamReady = { reload: missed === undefined };
      const begin = [
        ...(missed ?? []).map(toEvent),
        // With an id, so that a client that has seen no task yet misses none either.
        `retry: ${retryMs}\nid: ${epoch}-${list.newestPosition()}\nevent: ready\ndata: ${JSON.stringify(ready)}\n\n`,
      ];
      answer.on('error', () => answer.destroy());
      answer.on('close', () => remove(answer));
      clients.add(answer);
      send(answer, begin.join(''));
      heartbeat ??= setInterval(() => {
        for (const client of clients) send(client, ': still here\n\n');
      }, heartbeatMs).unref();
    },
    end() {
      ended = true;
      for (const client of clients) {
        // One that does not read would keep the server open.
        if (client.writableLength > 0) client.destroy();
        else client.end();
      }
      clients.clear();
      clearInterval(heartbeat);
    },
  };
}

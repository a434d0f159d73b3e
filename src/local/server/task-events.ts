import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { PositionedRow, TaskList } from '../store/task-list.ts';
import type { StreamReady, TaskRow } from '../wire/page-data.ts';

/** Sends saved tasks to open pages as server-sent events. */
export interface TaskEvents {
  publish(saved: PositionedRow): void;
  /**
   * Streams to a client until it disconnects.
   *
   * @param lastEventId - the last event that the client received, or an empty string
   */
  stream(response: ServerResponse, headers: Record<string, string>, lastEventId: string): void;
  /** Ends all streams. */
  end(): void;
}

// Reconnection delay of browsers.
const retryMs = 1000;
const heartbeatMs = 15_000;
// A client that does not read is disconnected beyond this.
const maxBufferedBytes = 1024 * 1024;
// A client that missed more events reloads its list.
const maxMissedEvents = 200;

export function createTaskEvents(list: Pick<TaskList, 'newestPosition' | 'since'>): TaskEvents {
  // Positions restart with each database, so event ids include the process.
  const epoch = randomUUID().slice(0, 8);
  const clients = new Set<ServerResponse>();
  let heartbeat: NodeJS.Timeout | undefined;
  let ended = false;

  function send(client: ServerResponse, text: string): void {
    client.write(text);
    if (client.writableLength > maxBufferedBytes) client.destroy();
  }

  function toEvent({ position, row }: { position: number; row: TaskRow }): string {
    return `id: ${epoch}-${position}\nevent: task\ndata: ${JSON.stringify(row)}\n\n`;
  }

  /** The events that the client has missed; undefined if unknown or too many. */
  function missedSince(lastEventId: string): readonly PositionedRow[] | undefined {
    const [, eventEpoch, position] = /^(\w+)-(\d{1,15})$/.exec(lastEventId) ?? [];
    if (eventEpoch !== epoch) return undefined;
    const missed = list.since(Number(position), maxMissedEvents + 1);
    return missed.length > maxMissedEvents ? undefined : missed;
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
    stream(response, headers, lastEventId) {
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
      if (ended || response.destroyed) {
        response.end();
        return;
      }
      const missed = lastEventId === '' ? [] : missedSince(lastEventId);
      const ready: StreamReady = { reload: missed === undefined };
      const initialEvents = [
        ...(missed ?? []).map(toEvent),
        // The id lets a client that has received no task yet resume from here.
        `retry: ${retryMs}\nid: ${epoch}-${list.newestPosition()}\nevent: ready\ndata: ${JSON.stringify(ready)}\n\n`,
      ];
      response.on('error', () => response.destroy());
      response.on('close', () => remove(response));
      clients.add(response);
      send(response, initialEvents.join(''));
      heartbeat ??= setInterval(() => {
        for (const client of clients) send(client, ': still here\n\n');
      }, heartbeatMs).unref();
    },
    end() {
      ended = true;
      for (const client of clients) {
        // A client that does not read would keep the server open.
        if (client.writableLength > 0) client.destroy();
        else client.end();
      }
      clients.clear();
      clearInterval(heartbeat);
    },
  };
}

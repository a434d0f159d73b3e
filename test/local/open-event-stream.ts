import { type IncomingMessage, request } from 'node:http';
import { onTestFinished } from 'vitest';

export interface StreamEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

export interface EventStream {
  readonly events: readonly StreamEvent[];
  /** Whether the server has ended the stream or disconnected. */
  readonly ended: () => boolean;
  readonly response: IncomingMessage;
  close(): void;
}

export function openEvents(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/page/events`, { headers, agent: false }, (response) => {
      const events: StreamEvent[] = [];
      let waiting = '';
      let ended = false;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const parts = (waiting + text).split('\n\n');
        waiting = parts.pop() ?? '';
        events.push(...parts.filter((part) => !part.startsWith(':')).map(parseEvent));
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        ended = true;
      });
      resolve({ events, ended: () => ended, response, close: () => call.destroy() });
    });
    call.on('error', reject);
    call.end();
    onTestFinished(() => void call.destroy());
  });
}

function parseEvent(text: string): StreamEvent {
  const lines = text.split('\n').map((line) => line.split(/: (.*)/s));
  const value = (field: string) => lines.find(([name]) => name === field)?.[1] ?? '';
  return { id: value('id'), name: value('event'), data: JSON.parse(value('data')) };
}

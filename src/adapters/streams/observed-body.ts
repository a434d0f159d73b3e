/** A response body that is observed while it is read. */
import type { Thrown } from '../../invocation/outcome.ts';

export interface ObservedBody<Body> {
  /** The stream to send. */
  readonly body: Body;
  /** Whether the reader has started. */
  readonly isRead: () => boolean;
}

export interface BodyObserver {
  readonly onChunk: (chunk: unknown) => void;
  /** @returns a promise that the end of the stream waits for */
  readonly onEnd: (thrown?: Thrown) => Promise<void> | undefined;
}

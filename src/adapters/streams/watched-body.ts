/** A response's body that is watched while it is read. */
import type { Thrown } from '../../invocation/outcome.ts';

export interface WatchedBody<Body> {
  /** The stream to send. */
  readonly body: Body;
  /** Whether anybody has begun to read it. */
  readonly isRead: () => boolean;
}

export interface BodyWatcher {
  readonly see: (chunk: unknown) => void;
  /** @returns what the end that the reader sees has to wait for */
  readonly end: (thrown?: Thrown) => Promise<void> | undefined;
}

/** Sends what waits without an invocation, in an environment that is never frozen. */
import type { DeliveryQueue } from './queue/delivery-queue.ts';

// The circuit breaker and the rate limit decide what is tried; this is how soon they are asked.
const everyMs = 1_000;
// The default budget of a delivery.
const timeMs = 3_000;

/** The timer does not keep the process alive. */
export function sendInBackground(
  deliveryQueue: Pick<DeliveryQueue, 'waiting' | 'sendWaiting'>,
): void {
  const send = (): void => {
    if (deliveryQueue.waiting() === 0) return;
    void deliveryQueue.sendWaiting(performance.now() + timeMs, Number.POSITIVE_INFINITY);
  };
  setInterval(send, everyMs).unref();
}

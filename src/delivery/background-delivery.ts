/** Sends pending reports on a timer, in an environment that is never frozen. */
import type { DeliveryQueue } from './queue/delivery-queue.ts';

// How often the queue is checked. Circuit breaker and rate limiter decide what is sent.
const everyMs = 1_000;
// The default budget of one delivery.
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

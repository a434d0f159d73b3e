/** Runs callbacks when the process exits by itself, not when a signal ends it. */

const callbacks = new Set<() => void>();

/** @param callback - synchronous; must not throw */
export function onExit(callback: () => void): void {
  // One listener for all callbacks: Node.js warns about the eleventh listener.
  if (callbacks.size === 0) process.on('exit', runAll);
  callbacks.add(callback);
}

function runAll(): void {
  for (const callback of callbacks) callback();
}

/** Calls back when the process exits by itself, not when a signal ends it. */

const works = new Set<() => void>();

/** @param work - synchronous; must not throw */
export function onExit(work: () => void): void {
  // One listener for all: Node warns of the eleventh.
  if (works.size === 0) process.on('exit', runAll);
  works.add(work);
}

function runAll(): void {
  for (const work of works) work();
}

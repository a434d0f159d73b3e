// The work of every benchmarked function; the event says what kind of handler it is to be.
export async function answer({ question, waitMs = 0, tellHeap = false }) {
  // A timer of the global scope, so that the bare handler loads nothing for it.
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  return { answer: `You asked: ${question}`, ...(tellHeap && { heapBytes: heapBytes() }) };
}

function heapBytes() {
  // Lambda starts Node.js with --expose-gc.
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

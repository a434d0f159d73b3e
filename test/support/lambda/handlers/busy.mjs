/** Uses all of the CPU that it gets for as long as the event says, in milliseconds. */
export const handler = async ({ workMs }) => {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - startedAt < workMs);
  const { user, system } = process.cpuUsage(before);
  return { workMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000 };
};

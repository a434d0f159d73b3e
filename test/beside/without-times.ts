/** Makes what a vendor sends comparable between two runs. */

/** What differs from run to run, and the stacks that an error has inside the handler. */
const varying =
  /^(timestamp|start_time|end_time|start|duration|time|id|.*_id|.*Id|stack|error\.stack|runtime-id|e)$/i;

/** A copy without times, identifiers other than a request's, and stacks. */
export function withoutTimes(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record), (key, value: unknown) =>
    varying.test(key) && !/request_id$/.test(key) ? undefined : value,
  );
}

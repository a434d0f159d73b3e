/** What names a task: its id is unique per agent only. */
export interface TaskKey {
  readonly agentId: string;
  readonly id: string;
}

/** The key as one text, for maps and comparisons. */
export function keyText({ agentId, id }: TaskKey): string {
  return JSON.stringify([agentId, id]);
}

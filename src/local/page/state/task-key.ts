/** Identifies a task. Task ids are unique per agent. */
export interface TaskKey {
  readonly agentId: string;
  readonly id: string;
}

/** The key as a string, for maps and comparisons. */
export function taskKeyText({ agentId, id }: TaskKey): string {
  return JSON.stringify([agentId, id]);
}

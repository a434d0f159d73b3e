import { readRecord, readRecords } from './record.ts';

/** An agent of the organization. Unknown fields are kept, under their camelCase names. */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly organizationId?: string | null;
  readonly uniqueName?: string | null;
  readonly environmentId?: string | null;
  readonly status?: string | null;
  readonly modelProvider?: string | null;
  readonly modelName?: string | null;
  readonly framework?: string | null;
  readonly createdAt?: string | null;
  readonly [field: string]: unknown;
}

const required = ['id', 'name'];

export function readAgent(answer: unknown): Agent {
  return readRecord('agent', answer, required) as unknown as Agent;
}

export function readAgentList(answer: unknown): Agent[] {
  return readRecords('agents', answer, required) as unknown as Agent[];
}

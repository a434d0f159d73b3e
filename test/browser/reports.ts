/** Sends reports like a function. */

/** The fields of a report on the wire. */
export interface ReportBody {
  readonly id?: string;
  readonly input?: string;
  readonly result?: string;
  readonly is_success?: boolean;
  readonly duration?: number;
  readonly tokens?: { readonly prompt_tokens: number; readonly completion_tokens: number };
  readonly used_tools?: readonly string[];
  readonly llm_response?: unknown;
}

/** Resolves when the platform has accepted the report. */
export async function report(
  url: string,
  agentId: string,
  body: ReportBody,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(
    `${url}/agent-execution/${encodeURIComponent(agentId)}/report_task`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'test-key', ...headers },
      body: JSON.stringify(body),
    },
  );
  if (!response.ok) throw new Error(`The report was refused: ${await response.text()}`);
}

/** Reports `count` tasks in sequence with the inputs `input 1`, `input 2`, … */
export async function reportMany(url: string, count: number, agentId = 'agent'): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await report(url, agentId, { id: `task-${number}`, input: `input ${number}`, result: 'done' });
  }
}

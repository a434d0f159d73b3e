import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { StoredTask } from './task-store.ts';

/** A page and the headers that it must be sent with. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

// What a cell shows of a text; the whole text is in the API's answer.
const maxCharacters = 160;

const style = `
  :root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
  body { margin: 2rem; }
  h1 { font-size: 1.25rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); unicode-bidi: isolate; }
  td { overflow-wrap: anywhere; }
  td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  td.completed { color: light-dark(#17692f, #6fd08c); }
  td.failed { color: light-dark(#b3261e, #ff8a80); }
`;

const headers = {
  'cache-control': 'no-store',
  // Payloads are hostile. Should one ever get through the escaping, nothing runs and nothing loads.
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Renders tasks as a table. */
export function renderTaskPage(tasks: readonly StoredTask[]): Page {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tasks</title>
<style>${raw(style)}</style>
</head>
<body>
<h1>Tasks</h1>
${
  tasks.length === 0
    ? html`<p>No task has been reported yet.</p>`
    : html`<table>
<thead><tr><th>Status</th><th>Agent</th><th>Id</th><th>Input</th><th>Result</th><th>Duration</th><th>Tokens</th><th>Tools</th><th>When</th></tr></thead>
<tbody>
${tasks.map(taskRow)}</tbody>
</table>`
}
</body>
</html>
`;
  return { html: String(page), headers };
}

function taskRow(task: StoredTask): ReturnType<typeof html> {
  return html`<tr>
<td class="${task.status}">${task.status}</td>
<td>${task.agentId}</td>
<td>${task.id}</td>
<td>${firstLine(task.input)}</td>
<td>${firstLine(task.result)}</td>
<td class="number">${task.durationSeconds.toFixed(2)} s</td>
<td class="number">${task.tokens?.total_tokens ?? '–'}</td>
<td>${task.usedTools.join(', ')}</td>
<td><time datetime="${task.updatedAt}">${task.updatedAt.slice(0, 19).replace('T', ' ')}</time></td>
</tr>
`;
}

function firstLine(text: string | null): string {
  const line = text?.trimStart().split(/[\r\n]/, 1)[0] ?? '–';
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}

/** Instructions for reporting the first task. */
import type { JSX } from 'preact';
import { CopyButton } from '../components/copy-button.tsx';

export function EmptyState(): JSX.Element {
  const environment = [
    `XPANDER_BASE_URL=${location.origin}`,
    'XPANDER_API_KEY=local',
    'XPANDER_AGENT_ID=my-agent',
  ].join('\n');
  const command = [
    `curl ${location.origin}/agent-execution/my-agent/report_task`,
    `-H 'x-api-key: local' -H 'content-type: application/json'`,
    `--data '{"input":"Hello","result":"Hello to you"}'`,
  ].join(' \\\n  ');
  return (
    <div class="empty">
      <h2>No tasks yet</h2>
      <p>Configure a function to report here. Its tasks appear when they are reported.</p>
      <CodeBlock
        what="environment"
        title="Environment variables of the function"
        text={environment}
      />
      <CodeBlock what="command" title="Or report a task from a shell" text={command} />
    </div>
  );
}

interface CodeBlockProps {
  readonly what: string;
  readonly title: string;
  readonly text: string;
}

function CodeBlock({ what, title, text }: CodeBlockProps): JSX.Element {
  return (
    <figure class="code">
      <figcaption>
        {title}
        <CopyButton what={what} label="Copy" text={() => text} />
      </figcaption>
      <pre>{text}</pre>
    </figure>
  );
}

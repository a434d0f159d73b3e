/** What to do so that tasks come. */
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
      <h2>No task yet</h2>
      <p>Point a function at this address. Its tasks appear here as they are reported.</p>
      <CodeBlock what="environment" title="Environment of the function" text={environment} />
      <CodeBlock what="command" title="Or send one from a shell" text={command} />
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

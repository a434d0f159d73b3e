/** The received request of a report. */
import type { JSX } from 'preact';
import type { TaskVersion } from '../../wire/page-data.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { JsonTree } from '../components/json-tree.tsx';
import { TextBlock } from '../components/text-block.tsx';
import { curlCommand } from '../format/curl-command.ts';
import { readJson } from '../format/json-text.ts';
import { readableLength } from '../format/readable-values.ts';
import { FoldedSection } from './payload-section.tsx';

export function RequestSection({ request }: Pick<TaskVersion, 'request'>): JSX.Element {
  const { method, path, headers, body } = request;
  return (
    <FoldedSection
      title="Request"
      note={readableLength(body.length)}
      actions={
        <>
          <CopyButton
            what="request as curl"
            label="Copy as curl"
            text={() => curlCommand(request, location.origin)}
          />
          <CopyButton what="request body" label="Copy body" text={() => body} />
        </>
      }
      content={() => (
        <>
          <p class="request-line">
            <strong>{method}</strong> <bdi>{path}</bdi>
          </p>
          <dl class="headers">
            {Object.entries(headers).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <bdi>{value}</bdi>
                </dd>
              </div>
            ))}
          </dl>
          <RequestBody body={body} />
        </>
      )}
    />
  );
}

function RequestBody({ body }: { readonly body: string }): JSX.Element {
  const read = readJson(body);
  return read.kind === 'json' ? (
    <div class="text-block">
      <JsonTree value={read.value} open={1} />
    </div>
  ) : (
    <TextBlock text={body} />
  );
}

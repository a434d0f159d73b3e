/** All reports of a task with the changes of each one. */
import type { JSX } from 'preact';
import type { TaskDetail, TaskVersion } from '../../wire/page-data.ts';
import { StatusMark } from '../components/status-mark.tsx';
import { readableCount, readableTime } from '../format/readable-values.ts';
import { versionChanges } from '../format/version-changes.ts';
import { taskFilters } from '../state/address.ts';
import { writeRoute } from '../state/route.ts';
import { Section } from './payload-section.tsx';
import { Age } from './task-row-line.tsx';

export interface VersionListProps {
  readonly detail: TaskDetail;
  readonly shown: TaskVersion;
}

export function VersionList({ detail, shown }: VersionListProps): JSX.Element {
  const { versions, versionsDropped, task } = detail;
  return (
    <Section title="Versions">
      <ol class="versions">
        {versions.map((version, index) => (
          <li key={version.number}>
            <a
              class="version"
              aria-current={version === shown ? 'true' : undefined}
              href={writeRoute({
                kind: 'tasks',
                filters: taskFilters.value,
                task: { agentId: task.agentId, id: task.id },
                version: index === 0 ? null : version.number,
              })}
            >
              <span class="version-number">v{version.number}</span>
              <StatusMark status={version.status} />
              <span class="version-time">
                {readableTime(version.receivedAt)} · <Age iso={version.receivedAt} />
              </span>
            </a>
            <VersionChanges version={version} older={versions[index + 1]} />
          </li>
        ))}
      </ol>
      {versionsDropped === 0 ? null : (
        <p class="none">{readableCount(versionsDropped)} older versions were removed.</p>
      )}
    </Section>
  );
}

interface VersionChangesProps {
  readonly version: TaskVersion;
  readonly older: TaskVersion | undefined;
}

function VersionChanges({ version, older }: VersionChangesProps): JSX.Element {
  if (older === undefined) {
    return (
      <p class="changes none">{version.number === 1 ? 'First report' : 'Oldest stored version'}</p>
    );
  }
  const changes = versionChanges(older, version);
  if (changes.length === 0) return <p class="changes none">No changes</p>;
  return (
    <ul class="changes">
      {changes.map(({ field, hint }) => (
        <li key={field}>
          <strong>{field}</strong> <bdi>{hint}</bdi>
        </li>
      ))}
    </ul>
  );
}

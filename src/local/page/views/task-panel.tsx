/** The panel of the open task with its facts, input and result. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { TaskDetail, TaskVersion } from '../../wire/page-data.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Icon } from '../components/icons.tsx';
import { StatusMark } from '../components/status-mark.tsx';
import { errorParts } from '../format/error-parts.ts';
import { readJson } from '../format/json-text.ts';
import { closeTask } from '../state/cursor.ts';
import { detailState } from '../state/task-detail.ts';
import { type TaskKey, taskKeyText } from '../state/task-key.ts';
import { ErrorSection } from './error-section.tsx';
import { focusCursorSoon } from './keyboard.ts';
import { JsonSection, TextSection } from './payload-section.tsx';
import { RequestSection } from './request-section.tsx';
import { TaskFacts } from './task-facts.tsx';
import { VersionList } from './version-list.tsx';

export interface TaskPanelProps {
  readonly task: TaskKey;
  /** Null for the newest version. */
  readonly version: number | null;
}

export function TaskPanel({ task, version }: TaskPanelProps): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  const key = taskKeyText(task);
  useEffect(() => {
    panel.current?.focus({ preventScroll: true });
    if (panel.current) panel.current.scrollTop = 0;
  }, [key]);
  return (
    <aside ref={panel} class="panel" tabIndex={-1} aria-labelledby="task-title">
      <header class="panel-head">
        <div class="panel-names">
          <h2 id="task-title">
            <bdi>{task.agentId}</bdi>
          </h2>
          <span class="id">
            <bdi>{task.id}</bdi>
          </span>
          <CopyButton what="id" text={() => task.id} />
        </div>
        <CopyButton what="link" label="Link" text={() => location.href} />
        <button
          type="button"
          class="quiet"
          aria-label="Close task"
          title="Close (Esc)"
          onClick={() => {
            closeTask();
            focusCursorSoon();
          }}
        >
          <Icon name="cross" />
        </button>
      </header>
      <PanelBody version={version} />
    </aside>
  );
}

function PanelBody({ version }: Pick<TaskPanelProps, 'version'>): JSX.Element {
  const state = detailState.value;
  switch (state.kind) {
    case 'none':
    case 'loading':
      return <p class="panel-note late">Loading…</p>;
    case 'missing':
      return (
        <p class="panel-note">
          This task does not exist. It may be in another database or not reported yet. It appears
          here when it is reported.
        </p>
      );
    case 'failed':
      return <p class="panel-note">{state.error.message}</p>;
    case 'loaded': {
      const { versions } = state.detail;
      const shown = versions.find(({ number }) => number === version) ?? versions[0];
      if (shown === undefined) return <p class="panel-note">No version is stored.</p>;
      return <Version key={taskKeyText(state.key)} detail={state.detail} shown={shown} />;
    }
  }
}

interface VersionProps {
  readonly detail: TaskDetail;
  readonly shown: TaskVersion;
}

function Version({ detail, shown }: VersionProps): JSX.Element {
  const newest = detail.versions[0];
  return (
    <div class="panel-body">
      <div class="panel-status">
        <StatusMark status={shown.status} />
        {newest === undefined || shown === newest ? null : (
          <span class="old-version">
            Version {shown.number} of {newest.number}, not the newest
          </span>
        )}
      </div>
      <TaskFacts task={detail.task} version={shown} />
      <TextSection title="Input" text={shown.input} />
      <Result version={shown} />
      {shown.llmResponse === null || shown.llmResponse === undefined ? null : (
        <JsonSection title="LLM response" value={shown.llmResponse} />
      )}
      <RequestSection request={shown.request} />
      <VersionList detail={detail} shown={shown} />
    </div>
  );
}

function Result({ version }: { readonly version: TaskVersion }): JSX.Element {
  const { result, status } = version;
  const hasFailed = status === 'failed' || status === 'error';
  if (hasFailed && result !== null && readJson(result).kind === 'text') {
    return <ErrorSection text={result} parts={errorParts(result)} />;
  }
  return <TextSection title="Result" text={result} />;
}

/** A collapsible JSON tree. Collapsed values are not rendered, and long lists load in parts. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ExactNumber } from '../format/json-text.ts';
import { readableCount } from '../format/readable-values.ts';
import { Icon } from './icons.tsx';
import { TextBlock } from './text-block.tsx';

export interface JsonTreeProps {
  readonly value: unknown;
  /** The number of levels that are expanded initially. */
  readonly open: number;
}

const partSize = 100;
/** Deeper levels are not indented further. */
const maxIndent = 16;
const maxInlineLength = 400;

export function JsonTree({ value, open }: JsonTreeProps): JSX.Element {
  return (
    <div class="json">
      <JsonNode name={null} value={value} open={open} depth={0} />
    </div>
  );
}

interface NodeProps extends JsonTreeProps {
  /** Null at the root. */
  readonly name: string | number | null;
  readonly depth: number;
}

function JsonNode({ name, value, open, depth }: NodeProps): JSX.Element {
  if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) {
    return <JsonBranch name={name} value={value} open={open} depth={depth} />;
  }
  return (
    <div class={`json-line depth-${Math.min(depth, maxIndent)}`}>
      <JsonName name={name} />
      <JsonLeaf value={value} />
    </div>
  );
}

function JsonBranch({
  name,
  value,
  open,
  depth,
}: NodeProps & { readonly value: object }): JSX.Element {
  const isOpen = useSignal(open > 0);
  const shown = useSignal(partSize);
  const isList = Array.isArray(value);
  const keys = isOpen.value || !isList ? Object.keys(value) : [];
  const count = isList ? value.length : keys.length;
  const [opening, closing] = isList ? ['[', ']'] : ['{', '}'];
  const indent = `depth-${Math.min(depth, maxIndent)}`;
  if (count === 0) {
    return (
      <div class={`json-line ${indent}`}>
        <JsonName name={name} />
        <span class="json-mark">{opening + closing}</span>
      </div>
    );
  }
  return (
    <>
      <div class={`json-line ${indent}`}>
        <button
          type="button"
          class="json-fold"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          <Icon name="right" />
          <JsonName name={name} />
          <span class="json-mark">{isOpen.value ? opening : `${opening}…${closing}`}</span>
          {isOpen.value ? null : (
            <span class="json-count">
              {readableCount(count)} {isList ? 'items' : 'fields'}
            </span>
          )}
        </button>
      </div>
      {isOpen.value ? (
        <>
          {keys.slice(0, shown.value).map((key) => (
            <JsonNode
              key={key}
              name={isList ? Number(key) : key}
              value={Reflect.get(value, key)}
              open={open - 1}
              depth={depth + 1}
            />
          ))}
          {count > shown.value ? (
            <div class={`json-line depth-${Math.min(depth + 1, maxIndent)}`}>
              <button
                type="button"
                class="quiet more"
                onClick={() => {
                  shown.value += partSize * 5;
                }}
              >
                Show more · {readableCount(count - shown.value)} left
              </button>
            </div>
          ) : null}
          <div class={`json-line ${indent}`}>
            <span class="json-mark json-end">{closing}</span>
          </div>
        </>
      ) : null}
    </>
  );
}

function JsonName({ name }: { readonly name: string | number | null }): JSX.Element | null {
  if (name === null) return null;
  return (
    <span class={typeof name === 'number' ? 'json-index' : 'json-key'}>
      <bdi>{typeof name === 'number' ? name : JSON.stringify(name)}</bdi>
      {': '}
    </span>
  );
}

function JsonLeaf({ value }: { readonly value: unknown }): JSX.Element {
  if (value instanceof ExactNumber) return <span class="json-number">{value.digits}</span>;
  if (typeof value !== 'string') {
    return <span class={`json-${value === null ? 'null' : typeof value}`}>{String(value)}</span>;
  }
  if (value.length > maxInlineLength || value.includes('\n')) {
    return <TextBlock text={value} tone="json-string" />;
  }
  return (
    <span class="json-string">
      <bdi>{JSON.stringify(value)}</bdi>
    </span>
  );
}

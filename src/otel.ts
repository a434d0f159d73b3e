/** For functions that trace their LLM calls with OpenTelemetry. */
import { monotonicMs } from './base/clock.ts';
import { currentInvocation } from './invocation/current-task.ts';
import type { Invocation } from './invocation/invocation.ts';
import { unknownUsage } from './llm/parsed-usage/parsed-usage.ts';
import { parseSpan } from './llm/parsing/parse-span.ts';

/** The part of a span that we use, which all versions of the SDK have. */
export interface TracedSpan {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** In version 2 of the SDK. */
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  /** In version 1. */
  readonly parentSpanId?: string | undefined;
  spanContext(): { readonly spanId: string };
}

// Spans that are never ended must not pile up.
const mostOpenSpans = 10_000;

/**
 * An OpenTelemetry span processor that takes tokens and tools from spans with the attributes of the
 * GenAI semantic conventions (`gen_ai.usage.*`, `gen_ai.tool.name`), for the run in which the span
 * was started. A call that is also seen over HTTP or recorded by the handler counts once. A span that
 * sums up the calls within it, such as `invoke_agent`, counts only if no call within it is known. It
 * changes no span and never throws.
 *
 * @example
 * ```ts
 * import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
 * import { TaskSpanProcessor } from 'xpander-lambda/otel';
 *
 * const provider = new BasicTracerProvider({ spanProcessors: [new TaskSpanProcessor()] });
 * ```
 */
export class TaskSpanProcessor {
  readonly #open = new Map<string, OpenSpan>();

  onStart(span: TracedSpan): void {
    try {
      if (this.#open.size >= mostOpenSpans) this.#open.clear();
      this.#open.set(span.spanContext().spanId, {
        parentId: span.parentSpanContext?.spanId ?? span.parentSpanId,
        invocation: currentInvocation(),
        startedAt: monotonicMs(),
        hasCountedCall: false,
      });
    } catch {
      // Not a span of the SDK: the run is reported without it.
    }
  }

  onEnd(span: TracedSpan): void {
    try {
      const id = span.spanContext().spanId;
      const open = this.#open.get(id);
      this.#open.delete(id);
      const parsed = parseSpan(span.attributes);
      if (parsed === undefined) return;
      const { usage } = parsed;
      if (open?.hasCountedCall && usage.tools.length === 0) return;
      const isSum = parsed.isSum || open?.hasCountedCall === true;
      const isCall = usage.usage.promptTokens !== null || usage.usage.completionTokens !== null;
      const now = monotonicMs();
      (open?.invocation ?? currentInvocation())?.addRecord({
        kind: 'span',
        // The calls within count instead; the name of the tool stays.
        usage: open?.hasCountedCall ? { ...usage, usage: unknownUsage } : usage,
        isSum,
        during: { from: open?.startedAt ?? now, to: now },
      });
      if (isCall) this.#markParents(open);
    } catch {
      // As above.
    }
  }

  /** Spans are recorded at once. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#open.clear();
  }

  #markParents(span: OpenSpan | undefined): void {
    let parent = this.#parentOf(span);
    while (parent && !parent.hasCountedCall) {
      parent.hasCountedCall = true;
      parent = this.#parentOf(parent);
    }
  }

  #parentOf(span: OpenSpan | undefined): OpenSpan | undefined {
    return span?.parentId === undefined ? undefined : this.#open.get(span.parentId);
  }
}

interface OpenSpan {
  readonly parentId: string | undefined;
  readonly invocation: Invocation | undefined;
  /** On the monotonic clock. */
  readonly startedAt: number;
  /** Whether an LLM call within it has been recorded. */
  hasCountedCall: boolean;
}

/** For functions that trace their calls of LLMs with OpenTelemetry. */
import { currentInvocation } from './invocation/current-task.ts';
import type { Invocation } from './invocation/invocation.ts';
import { parseSpan } from './llm/parsing/parse-span.ts';

/** What is asked of a span; those of all versions of the SDK have it. */
export interface TracedSpan {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of version 2 of the SDK. */
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  /** Of version 1. */
  readonly parentSpanId?: string | undefined;
  spanContext(): { readonly spanId: string };
}

// Spans that are never ended must not pile up.
const mostOpenSpans = 10_000;

/**
 * A span processor of OpenTelemetry that takes tokens and tools from spans with the attributes of
 * the GenAI semantic conventions (`gen_ai.usage.*`, `gen_ai.tool.name`), for the run in which the
 * span was started. A call that is also read on its way, or kept by the handler, counts once; of a
 * span that sums up the calls within it, only those count. It changes no span, and never throws.
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
        isSumOfCounted: false,
      });
    } catch {
      // A span of somebody's own making. Its run is reported without it.
    }
  }

  onEnd(span: TracedSpan): void {
    try {
      const id = span.spanContext().spanId;
      const open = this.#open.get(id);
      this.#open.delete(id);
      const reading = parseSpan(span.attributes);
      if (reading === undefined || open?.isSumOfCounted) return;
      (open?.invocation ?? currentInvocation())?.hear({ kind: 'span', reading });
      if (reading.usage.promptTokens !== null || reading.usage.completionTokens !== null) {
        this.#markAround(open);
      }
    } catch {
      // As above.
    }
  }

  /** Nothing is kept back. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#open.clear();
  }

  #markAround(span: OpenSpan | undefined): void {
    let around = this.#parentOf(span);
    while (around && !around.isSumOfCounted) {
      around.isSumOfCounted = true;
      around = this.#parentOf(around);
    }
  }

  #parentOf(span: OpenSpan | undefined): OpenSpan | undefined {
    return span?.parentId === undefined ? undefined : this.#open.get(span.parentId);
  }
}

interface OpenSpan {
  readonly parentId: string | undefined;
  readonly invocation: Invocation | undefined;
  /** Whether a call within it has been counted. */
  isSumOfCounted: boolean;
}

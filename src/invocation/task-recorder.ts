import { isPromise } from 'node:util/types';
import { followPromise, isPlainPromise, observeRejection } from '../base/thenable.ts';
import type { LlmRecord } from '../llm/usage/llm-record.ts';

/** Enriches the task of the current invocation, see `currentTask()`. Its methods never throw. */
export interface TaskRecorder {
  /** The task's id; undefined outside a task. */
  readonly id: string | undefined;
  /**
   * Adds LLM tokens to the task, as the provider counts them. A call that was captured automatically
   * and is added here with the same counts is counted once, and so is the sum of several calls.
   *
   * @param tokens - whole numbers from 0, at least one of them; other values are ignored and logged
   *   as a warning
   */
  addTokens(tokens: {
    readonly promptTokens?: number | undefined;
    readonly completionTokens?: number | undefined;
    /** Tokens that the provider read from its prompt cache. */
    readonly cacheReadTokens?: number | undefined;
    /** Tokens that the provider wrote to its prompt cache. */
    readonly cacheWriteTokens?: number | undefined;
  }): void;
  /**
   * Adds a tool that the task called. Each name is reported once, in order of first use.
   *
   * @param name - 128 characters at most, the rest is cut; names after the 200th are ignored
   */
  addTool(name: string): void;
  /**
   * Calls a tool, adds its name and reports the task as failed if the tool throws or rejects, even
   * if the handler catches it.
   *
   * @returns what `call` returns, unchanged
   * @throws what `call` throws
   * @example
   * ```ts
   * import { currentTask } from 'xpander-lambda';
   *
   * declare function query(sql: string): Promise<unknown[]>;
   *
   * const rows = await currentTask().tool('snowflake_query', () => query('SELECT 1'));
   * ```
   */
  tool<Result>(name: string, call: () => Result): Result;
  /**
   * Reports the raw response of an LLM provider. Tokens and tools are read from the response of a
   * supported provider. Several responses are reported as a list, 100 at most.
   */
  recordLlmResponse(response: unknown): void;
  /** Reports this text as the input instead of the event. */
  setInput(text: string): void;
  /** Reports this text as the result instead of the handler's response. */
  setResult(text: string): void;
  /**
   * Reports the task as failed although the handler responds.
   *
   * @param reason - an Error or a text, reported as the result
   */
  fail(reason: unknown): void;
  /** Does not report this task. */
  skip(): void;
}

/** What has been recorded so far. */
export interface Recorded {
  /** In chronological order. */
  readonly llm: readonly LlmRecord[];
  readonly input: string | undefined;
  readonly result: string | undefined;
  readonly failure: { readonly value: unknown } | undefined;
  readonly skipped: boolean;
}

// Bounds the memory that an agent in an endless loop can use.
const maxRecords = {
  response: 100,
  tokens: 100,
  tool: 200,
  exchange: 500,
  'mcp-request': 500,
  span: 500,
};
const maxToolNameLength = 128;

/**
 * Creates a recorder and a function that returns what it holds.
 *
 * @param isEnded - whether the task has ended; later calls are ignored
 * @param warn - logs calls with invalid arguments
 */
export function createRecorder(
  id: string,
  isEnded: () => boolean,
  warn: (message: string) => void,
): {
  readonly recorder: TaskRecorder;
  /** Adds usage that was observed automatically; ignored after the task has ended. */
  readonly addRecord: (record: LlmRecord) => void;
  readonly recorded: () => Recorded;
} {
  const llm: LlmRecord[] = [];
  const counts = new Map<LlmRecord['kind'], number>();
  const tools = new Set<string>();
  let lastTokens: { readonly index: number; record: TokensRecord } | undefined;
  let input: string | undefined;
  let result: string | undefined;
  let failure: Recorded['failure'];
  let skipped = false;

  /** @param record - returns a description of the expected arguments if they are invalid */
  const recordUntilEnd = (method: string, record: () => string | undefined): void => {
    if (isEnded()) return;
    let expected: string | undefined;
    try {
      expected = record();
    } catch {
      expected = 'a readable value';
    }
    if (expected) warn(`currentTask().${method}() was ignored: it takes ${expected}.`);
  };

  /** @returns false if there are too many records of this kind */
  const add = (record: LlmRecord): boolean => {
    const count = counts.get(record.kind) ?? 0;
    if (count >= maxRecords[record.kind]) return false;
    counts.set(record.kind, count + 1);
    llm.push(record);
    return true;
  };
  const addTokens = (record: TokensRecord): void => {
    if (add(record)) lastTokens = { index: llm.length - 1, record };
    else if (lastTokens) {
      lastTokens.record = sumOf(lastTokens.record, record);
      llm[lastTokens.index] = lastTokens.record;
    }
  };

  const recorder: TaskRecorder = {
    id,
    addTokens: (added) =>
      recordUntilEnd('addTokens', () => {
        const { promptTokens, completionTokens, cacheReadTokens, cacheWriteTokens } = added;
        const counts = { promptTokens, completionTokens, cacheReadTokens, cacheWriteTokens };
        const known = Object.entries(counts).filter(([, count]) => count !== undefined);
        if (known.length === 0 || !known.every(([, count]) => isCount(count))) {
          return 'promptTokens, completionTokens, cacheReadTokens and cacheWriteTokens, whole numbers from 0, at least one of them';
        }
        addTokens({ kind: 'tokens', ...Object.fromEntries(known) });
        return undefined;
      }),
    addTool: (name) =>
      recordUntilEnd('addTool', () => {
        if (typeof name !== 'string' || name === '') return 'the name of a tool';
        const toolName = name.slice(0, maxToolNameLength);
        if (tools.has(toolName)) return undefined;
        if (!add({ kind: 'tool', name: toolName })) return `${maxRecords.tool} names at most`;
        tools.add(toolName);
        return undefined;
      }),
    tool: (name, call) => {
      recorder.addTool(name);
      return callTool(call, recorder.fail);
    },
    recordLlmResponse: (response) =>
      recordUntilEnd('recordLlmResponse', () => {
        return add({ kind: 'response', value: response })
          ? undefined
          : `${maxRecords.response} responses at most`;
      }),
    setInput: (text) =>
      recordUntilEnd('setInput', () => {
        if (typeof text !== 'string') return 'a text';
        input = text;
        return undefined;
      }),
    setResult: (text) =>
      recordUntilEnd('setResult', () => {
        if (typeof text !== 'string') return 'a text';
        result = text;
        return undefined;
      }),
    fail: (reason) =>
      recordUntilEnd('fail', () => {
        failure = { value: reason };
        return undefined;
      }),
    skip: () =>
      recordUntilEnd('skip', () => {
        skipped = true;
        return undefined;
      }),
  };
  return {
    recorder,
    addRecord: (record) => {
      if (!isEnded()) add(record);
    },
    recorded: () => ({ llm: [...llm], input, result, failure, skipped }),
  };
}

type TokensRecord = Extract<LlmRecord, { readonly kind: 'tokens' }>;

function sumOf(one: TokensRecord, other: TokensRecord): TokensRecord {
  return {
    kind: 'tokens',
    promptTokens: (one.promptTokens ?? 0) + (other.promptTokens ?? 0),
    completionTokens: (one.completionTokens ?? 0) + (other.completionTokens ?? 0),
    cacheReadTokens: (one.cacheReadTokens ?? 0) + (other.cacheReadTokens ?? 0),
    cacheWriteTokens: (one.cacheWriteTokens ?? 0) + (other.cacheWriteTokens ?? 0),
  };
}

/** @param fail - called if the tool throws or rejects */
function callTool<Result>(call: () => Result, fail: (reason: unknown) => void): Result {
  try {
    const returned = call();
    if (isPlainPromise(returned)) return followPromise(returned, ignore, fail) as Result;
    // Keep the object itself: it may have methods of its own, or start its work when it is awaited.
    if (isPromise(returned)) observeRejection(returned, fail);
    return returned;
  } catch (error) {
    fail(error);
    throw error;
  }
}

function ignore(): void {}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

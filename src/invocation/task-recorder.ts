import { isPromise } from 'node:util/types';
import { followPromise, isPlainPromise, noticeRejection } from '../base/thenable.ts';
import type { LlmRecord } from '../llm/usage/llm-record.ts';

/** What a handler can say about its own run, by `currentTask()`. Nothing here ever throws. */
export interface TaskRecorder {
  /** The task's id; undefined outside a run. */
  readonly id: string | undefined;
  /**
   * Adds LLM tokens to those of the run, as the provider counts them. Counts may be left out. A
   * call that is known already, and is then added here with the same counts, counts once; so does
   * the sum of several calls.
   */
  addTokens(tokens: {
    readonly promptTokens?: number | undefined;
    readonly completionTokens?: number | undefined;
    /** Tokens that the provider read from its prompt cache. */
    readonly cacheReadTokens?: number | undefined;
    /** Tokens that the provider wrote to its prompt cache. */
    readonly cacheWriteTokens?: number | undefined;
  }): void;
  /** Names a tool that the run called; each is kept once, in order of first use, 200 at most. */
  addTool(name: string): void;
  /**
   * Calls a tool: names it, and reports the run as failed when the tool throws or rejects, also
   * where the handler gets over that. What the tool gives or throws comes back as it is.
   *
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
   * Keeps the raw answer of an LLM provider, and reads its tokens and the tools that it calls if
   * its shape is known. Several are kept as a list, 100 at most.
   */
  recordLlmResponse(response: unknown): void;
  /** Reports this text as the input instead of the event. */
  setInput(text: string): void;
  /** Reports this text as the result instead of the handler's response. */
  setResult(text: string): void;
  /** Reports the run as failed although the handler answers; an Error or a text says why. */
  fail(reason: unknown): void;
  /** Does not report this run. */
  skip(): void;
}

/** What has been said so far. */
export interface Recorded {
  /** In order of time. */
  readonly llm: readonly LlmRecord[];
  readonly input: string | undefined;
  readonly result: string | undefined;
  readonly failure: { readonly value: unknown } | undefined;
  readonly skipped: boolean;
}

// They bound what an agent that loops for ever can make us hold until its run ends.
const mostOfAKind = {
  response: 100,
  tokens: 100,
  tool: 200,
  exchange: 500,
  'mcp-request': 500,
  span: 500,
};
const longestToolName = 128;

/**
 * A recorder and a view of what it holds.
 *
 * @param isOver - whether the run has ended; what is said after that is not heard
 * @param complain - told about a call whose arguments make no sense
 */
export function createRecorder(
  id: string,
  isOver: () => boolean,
  complain: (message: string) => void,
): {
  readonly recorder: TaskRecorder;
  /** Takes what was not said but seen. Nothing is heard after the run has ended. */
  readonly hear: (record: LlmRecord) => void;
  readonly recorded: () => Recorded;
} {
  const llm: LlmRecord[] = [];
  const heard = new Map<LlmRecord['kind'], number>();
  const tools = new Set<string>();
  let lastTokens: { readonly index: number; record: TokensRecord } | undefined;
  let input: string | undefined;
  let result: string | undefined;
  let failure: Recorded['failure'];
  let skipped = false;

  /** Hears what is said in time; `hear` returns what it should have been, if it was not that. */
  const listen = (method: string, hear: () => string | undefined): void => {
    if (isOver()) return;
    let expected: string | undefined;
    try {
      expected = hear();
    } catch {
      expected = 'what can be read';
    }
    if (expected) complain(`currentTask().${method}() was ignored: it takes ${expected}.`);
  };

  /** @returns whether there was room for it */
  const add = (record: LlmRecord): boolean => {
    const count = heard.get(record.kind) ?? 0;
    if (count >= mostOfAKind[record.kind]) return false;
    heard.set(record.kind, count + 1);
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
      listen('addTokens', () => {
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
      listen('addTool', () => {
        if (typeof name !== 'string' || name === '') return 'the name of a tool';
        const short = name.slice(0, longestToolName);
        if (tools.has(short)) return undefined;
        if (!add({ kind: 'tool', name: short })) return `${mostOfAKind.tool} names at most`;
        tools.add(short);
        return undefined;
      }),
    tool: (name, call) => {
      recorder.addTool(name);
      return failing(call, recorder.fail);
    },
    recordLlmResponse: (response) =>
      listen('recordLlmResponse', () => {
        return add({ kind: 'response', value: response })
          ? undefined
          : `${mostOfAKind.response} at most`;
      }),
    setInput: (text) =>
      listen('setInput', () => {
        if (typeof text !== 'string') return 'a text';
        input = text;
        return undefined;
      }),
    setResult: (text) =>
      listen('setResult', () => {
        if (typeof text !== 'string') return 'a text';
        result = text;
        return undefined;
      }),
    fail: (reason) =>
      listen('fail', () => {
        failure = { value: reason };
        return undefined;
      }),
    skip: () =>
      listen('skip', () => {
        skipped = true;
        return undefined;
      }),
  };
  return {
    recorder,
    hear: (record) => {
      if (!isOver()) add(record);
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

/** Notices a tool that fails; its caller gets what it gives or throws. */
function failing<Result>(call: () => Result, fail: (reason: unknown) => void): Result {
  try {
    const returned = call();
    if (isPlainPromise(returned)) return followPromise(returned, ignore, fail) as Result;
    // The very object, which may have methods of its own, or start its work when it is awaited.
    if (isPromise(returned)) noticeRejection(returned, fail);
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

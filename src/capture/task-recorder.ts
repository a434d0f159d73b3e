/** What a handler can say about its own run, by `currentTask()`. Nothing here ever throws. */
export interface TaskRecorder {
  /** The task's id; undefined outside a run. */
  readonly id: string | undefined;
  /** Adds LLM tokens to those of the run. One of the counts may be left out. */
  addTokens(tokens: { readonly promptTokens?: number; readonly completionTokens?: number }): void;
  /** Names a tool that the run called; each is kept once, in order of first use, 200 at most. */
  addTool(name: string): void;
  /** Keeps the raw answer of an LLM provider; several are kept as a list, 100 at most. */
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
  readonly tokens: { readonly promptTokens: number; readonly completionTokens: number } | null;
  readonly tools: readonly string[];
  readonly llmResponses: readonly unknown[];
  readonly input: string | undefined;
  readonly result: string | undefined;
  readonly failure: { readonly value: unknown } | undefined;
  readonly skipped: boolean;
}

// They bound what an agent that loops for ever can make us hold until its run ends.
const mostLlmResponses = 100;
const mostTools = 200;
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
): { readonly recorder: TaskRecorder; readonly recorded: () => Recorded } {
  const tools = new Set<string>();
  const llmResponses: unknown[] = [];
  let tokens: Recorded['tokens'] = null;
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

  const recorder: TaskRecorder = {
    id,
    addTokens: (added) =>
      listen('addTokens', () => {
        const { promptTokens, completionTokens } = added;
        const counts = [promptTokens, completionTokens].filter((count) => count !== undefined);
        if (counts.length === 0 || !counts.every(isCount)) {
          return 'promptTokens and completionTokens, whole numbers from 0, at least one of them';
        }
        tokens = {
          promptTokens: (tokens?.promptTokens ?? 0) + (promptTokens ?? 0),
          completionTokens: (tokens?.completionTokens ?? 0) + (completionTokens ?? 0),
        };
        return undefined;
      }),
    addTool: (name) =>
      listen('addTool', () => {
        if (typeof name !== 'string' || name === '') return 'the name of a tool';
        const short = name.slice(0, longestToolName);
        if (tools.size >= mostTools && !tools.has(short)) return `${mostTools} names at most`;
        tools.add(short);
        return undefined;
      }),
    recordLlmResponse: (response) =>
      listen('recordLlmResponse', () => {
        if (llmResponses.length >= mostLlmResponses) return `${mostLlmResponses} at most`;
        llmResponses.push(response);
        return undefined;
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
    recorded: () => ({
      tokens,
      tools: [...tools],
      llmResponses: [...llmResponses],
      input,
      result,
      failure,
      skipped,
    }),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

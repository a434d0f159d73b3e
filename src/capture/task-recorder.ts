/** What a handler can say about its own run, by `currentTask()`. Nothing here ever throws. */
export interface TaskRecorder {
  /** The task's id; undefined outside a run. */
  readonly id: string | undefined;
  /** Adds LLM tokens to those of the run. A count that is left out adds nothing. */
  addTokens(tokens: { readonly promptTokens?: number; readonly completionTokens?: number }): void;
  /** Names a tool that the run called; each is kept once, in order of first use. */
  addTool(name: string): void;
  /** Keeps the raw answer of an LLM provider; several are kept as a list. */
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

// Bounds what an agent that loops for ever can make us hold until its run ends.
const mostLlmResponses = 100;
const mostTools = 1_000;

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

  const hear = (call: string, fits: boolean, expected: string): boolean => {
    if (!fits) complain(`currentTask().${call} was ignored: it takes ${expected}.`);
    return fits && !isOver();
  };

  const recorder: TaskRecorder = {
    id,
    addTokens(added) {
      const promptTokens = added?.promptTokens ?? 0;
      const completionTokens = added?.completionTokens ?? 0;
      const fits = typeof added === 'object' && isCount(promptTokens) && isCount(completionTokens);
      if (!hear('addTokens()', fits, 'promptTokens and completionTokens, whole numbers from 0')) {
        return;
      }
      tokens = {
        promptTokens: (tokens?.promptTokens ?? 0) + promptTokens,
        completionTokens: (tokens?.completionTokens ?? 0) + completionTokens,
      };
    },
    addTool(name) {
      const fits = typeof name === 'string' && name !== '';
      if (hear('addTool()', fits, 'the name of a tool') && tools.size < mostTools) tools.add(name);
    },
    recordLlmResponse(response) {
      if (!isOver() && llmResponses.length < mostLlmResponses) llmResponses.push(response);
    },
    setInput(text) {
      if (hear('setInput()', typeof text === 'string', 'a text')) input = text;
    },
    setResult(text) {
      if (hear('setResult()', typeof text === 'string', 'a text')) result = text;
    },
    fail(reason) {
      if (!isOver()) failure = { value: reason };
    },
    skip() {
      if (!isOver()) skipped = true;
    },
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

import {
  aBoolean,
  aNumber,
  anInteger,
  anyString,
  anything,
  aString,
  type Check,
  checkFields,
  listOf,
  orNull,
} from '../config/checks.ts';
import { type Environment, readVariable } from '../config/environment.ts';
import type { Configuration } from '../config/platform-configuration.ts';
import { ConfigurationError } from '../errors.ts';
import { requireId } from './api-call.ts';
import { type TokenUsage, toWire } from './task-report.ts';

/** The parameters of `Backend.reportExternalTask()`. */
export interface ReportParameters {
  /**
   * The agent that the task belongs to.
   *
   * @default `agent.id`, else the variable `XPANDER_AGENT_ID`
   */
  readonly agentId?: string | null | undefined;
  /** An agent from `Agents.get()`, or any object with its `id`. Takes precedence over `agentId`. */
  readonly agent?: { readonly id: string } | null | undefined;
  /**
   * External task id. Reporting the same id again updates the task.
   *
   * @default `null`: the platform creates an id
   */
  readonly id?: string | null | undefined;
  /** The task's input. @default null */
  readonly input?: string | null | undefined;
  /** Raw response of the LLM provider, stored unchanged. @default null */
  readonly llmResponse?: unknown;
  /** LLM tokens; a missing count is 0. @default null: unknown */
  readonly tokens?: Partial<TokenUsage> | null | undefined;
  /** Whether the task succeeded; sets its status. @default true */
  readonly isSuccess?: boolean | null | undefined;
  /** Final result, or the text of the error. @default null */
  readonly result?: string | null | undefined;
  /** Duration of the task in seconds. @default 0 */
  readonly duration?: number | null | undefined;
  /** Names of the tools that the task called. @default [] */
  readonly usedTools?: readonly string[] | null | undefined;
  /** Configuration of this call only; missing fields come from the `Backend`. */
  readonly configuration?: Configuration | null | undefined;
}

const checks: Readonly<Record<keyof ReportParameters, Check>> = {
  agentId: orNull(aString),
  agent: orNull((agent) =>
    typeof agent === 'object' && agent !== null && 'id' in agent && aString(agent.id) === undefined
      ? undefined
      : 'an agent with an id',
  ),
  id: orNull(aString),
  input: orNull(anyString),
  llmResponse: (value) =>
    typeof value === 'function' || typeof value === 'symbol' ? 'data' : undefined,
  tokens: orNull(anything),
  isSuccess: orNull(aBoolean),
  result: orNull(anyString),
  duration: orNull(aNumber(0)),
  usedTools: orNull(listOf(aString)),
  configuration: orNull(anything),
};

const tokenChecks: Readonly<Record<keyof TokenUsage, Check>> = {
  promptTokens: anInteger(0),
  completionTokens: anInteger(0),
  cacheReadTokens: anInteger(0),
  cacheWriteTokens: anInteger(0),
};

/**
 * Checks the parameters and returns the agent and the request body.
 *
 * @throws ConfigurationError if a parameter is invalid or the agent is missing
 */
export function readReportParameters(
  parameters: ReportParameters,
  environment: Environment = process.env,
): { readonly agentId: string; readonly body: string } {
  checkFields('reportExternalTask()', parameters, checks);
  if (parameters.tokens) checkFields('tokens', parameters.tokens, tokenChecks);
  return {
    agentId: agentIdOf(parameters, environment),
    body: serialize({
      id: parameters.id ?? null,
      input: parameters.input ?? null,
      llmResponse: parameters.llmResponse ?? null,
      tokens: parameters.tokens
        ? {
            promptTokens: parameters.tokens.promptTokens ?? 0,
            completionTokens: parameters.tokens.completionTokens ?? 0,
            cacheReadTokens: parameters.tokens.cacheReadTokens,
            cacheWriteTokens: parameters.tokens.cacheWriteTokens,
          }
        : null,
      isSuccess: parameters.isSuccess ?? true,
      result: parameters.result ?? null,
      duration: parameters.duration ?? 0,
      usedTools: parameters.usedTools ?? [],
    }),
  };
}

function agentIdOf(parameters: ReportParameters, environment: Environment): string {
  const agentId =
    parameters.agent?.id ?? parameters.agentId ?? readVariable(environment, 'agentId');
  if (agentId === undefined) {
    throw new ConfigurationError(
      'The agent is missing. Set agent or agentId, or the variable XPANDER_AGENT_ID.',
    );
  }
  return requireId('agentId', agentId);
}

function serialize(report: Parameters<typeof toWire>[0]): string {
  try {
    return JSON.stringify(toWire(report));
  } catch (cause) {
    throw new ConfigurationError(
      `'llmResponse' cannot be converted to JSON. Use plain data without cycles or BigInt.`,
      { cause },
    );
  }
}

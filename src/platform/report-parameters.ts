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

/** What `Backend.reportExternalTask()` takes. */
export interface ReportParameters {
  /**
   * Agent that the run belongs to.
   *
   * @default `agent.id`, else the variable `XPANDER_AGENT_ID`
   */
  readonly agentId?: string | null | undefined;
  /** An agent that has been loaded, or anything with its `id`. Wins over `agentId`. */
  readonly agent?: { readonly id: string } | null | undefined;
  /**
   * External task id. Using it again updates the record.
   *
   * @default `null` - the platform makes one
   */
  readonly id?: string | null | undefined;
  /** What the run was asked. @default null */
  readonly input?: string | null | undefined;
  /** Raw answer of the LLM provider, stored as it is. @default null */
  readonly llmResponse?: unknown;
  /** LLM tokens; a count that is left out is 0. @default null - unknown */
  readonly tokens?: Partial<TokenUsage> | null | undefined;
  /** Whether the run went well; sets the task's status. @default true */
  readonly isSuccess?: boolean | null | undefined;
  /** Final answer, or the text of the error. @default null */
  readonly result?: string | null | undefined;
  /** Wall clock of the run, in seconds. @default 0 */
  readonly duration?: number | null | undefined;
  /** Names of the tools that the run called. @default [] */
  readonly usedTools?: readonly string[] | null | undefined;
  /** Settings for this call alone; what is left out comes from the `Backend`. */
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
 * @throws ConfigurationError when a parameter is wrong or no agent is named
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
      'No agent is named. Give agent or agentId, or set XPANDER_AGENT_ID.',
    );
  }
  return requireId('agentId', agentId);
}

function serialize(report: Parameters<typeof toWire>[0]): string {
  try {
    return JSON.stringify(toWire(report));
  } catch (cause) {
    throw new ConfigurationError(
      `'llmResponse' cannot be written as JSON. Give plain data, without cycles or BigInt.`,
      { cause },
    );
  }
}

import { Fn, Token, Tokenization } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type LogLevel, logLevels } from '../src/base/log.ts';
import { aHost, aNumber, anInteger, aString, type Check, oneOf } from '../src/config/checks.ts';
import { environmentVariables } from '../src/config/environment.ts';
import {
  type CaptureMode,
  captureModes,
  type Delivery,
  deliveries,
  type FlushMode,
  flushModes,
  minMaxBytes,
} from '../src/config/option-values.ts';

export type { CaptureMode, Delivery, LogLevel };

/** When the sentinel sends reports. */
export type SentinelFlush = FlushMode;

/** How tasks are reported. Each option that is set becomes a variable of the function. */
export interface ReportingOptions {
  /**
   * The agent that tasks are reported for.
   *
   * @default - the function's own `XPANDER_AGENT_ID`
   */
  readonly agentId?: string | undefined;
  /**
   * The secret that contains the API key, as plain text or in a JSON field. The function gets its ARN
   * and the permission to read it; no template contains the key.
   *
   * @default - the function's own `XPANDER_API_KEY_SECRET`, without a permission to read it
   */
  readonly apiKeySecret?: ISecret | undefined;
  /**
   * The field of a JSON secret that contains the key.
   *
   * @default - the first of `api_key`, `apiKey` and `XPANDER_API_KEY` that exists
   */
  readonly apiKeySecretField?: string | undefined;
  /** URL of the platform. @default - `https://inbound.xpander.ai` */
  readonly baseUrl?: string | undefined;
  /** Allows plain http to `baseUrl`, which sends the key and reports unencrypted. @default false */
  readonly allowHttp?: boolean | undefined;
  /** Required for an agent controller, unused otherwise. @default - none */
  readonly organizationId?: string | undefined;
  /**
   * What is reported of input, result and LLM response. `full`: everything. `redacted`: everything
   * except secrets. `shape`: only names, types and lengths. `off`: nothing.
   *
   * @default - `redacted`
   */
  readonly capture?: CaptureMode | undefined;
  /**
   * What to redact in addition to the built-in list: a field name at any depth, a path such as
   * `body.customer.*.email`, or a regular expression. Must not contain commas, which separate the
   * entries in the variable.
   *
   * @default - the built-in list
   */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /**
   * Maximum size of input, result and LLM response together, in bytes, at least 1024.
   *
   * @default - 262144
   */
  readonly maxBytes?: number | undefined;
  /** Also reports the task when it starts. @default false */
  readonly reportStart?: boolean | undefined;
  /**
   * When a report is sent. `after-response`: after the caller has the response. `in-band`: before the
   * response. `auto`: after the response if the environment supports it, otherwise in-band.
   *
   * @default - `auto`
   */
  readonly delivery?: Delivery | undefined;
  /** Maximum time of one delivery, in milliseconds, from 1 to 900000. @default - 3000 */
  readonly budgetMs?: number | undefined;
  /**
   * Share of successful tasks that are reported, from 0 to 1. Failed tasks are always reported.
   *
   * @default - 1
   */
  readonly sampleRate?: number | undefined;
  /** Whether LLM calls are captured automatically. @default true */
  readonly llmTaps?: boolean | undefined;
  /**
   * Hosts of LLMs in addition to those of supported providers: `llm.example.com`, `localhost:8080`,
   * `*.example.com`.
   *
   * @default - none
   */
  readonly llmHosts?: readonly string[] | undefined;
  /** Minimum severity of log lines; `silent` logs nothing. @default - `warn` */
  readonly logLevel?: LogLevel | undefined;
  /**
   * When the sentinel sends reports, if there is one. `end`: before the invocation ends. `periodic`:
   * every few seconds at most. `adaptive`: during the next invocation while invocations follow each
   * other closely, otherwise like `end`.
   *
   * @default - `adaptive`
   */
  readonly sentinelFlush?: SentinelFlush | undefined;
  /** Starts the function without the reporter. @default false */
  readonly disabled?: boolean | undefined;
}

type Option = Exclude<keyof ReportingOptions, 'apiKeySecret'>;
type Read = (value: unknown) => ReadValue;
type ReadValue = { readonly text: string } | { readonly expected: string };

const readers: Readonly<Record<Option, Read>> = {
  agentId: readText,
  apiKeySecretField: readText,
  baseUrl: readUrl,
  allowHttp: readSwitch,
  organizationId: readText,
  capture: checkedText(oneOf(captureModes)),
  redact: readRules,
  maxBytes: checkedNumber(anInteger(minMaxBytes)),
  reportStart: readSwitch,
  delivery: checkedText(oneOf(deliveries)),
  budgetMs: checkedNumber(anInteger(1, 900_000)),
  sampleRate: checkedNumber(aNumber(0, 1)),
  llmTaps: readSwitch,
  llmHosts: readHosts,
  logLevel: checkedText(oneOf(logLevels)),
  sentinelFlush: checkedText(oneOf(flushModes)),
  disabled: readSwitch,
};

const variableOf: Readonly<Record<Option, string>> = environmentVariables;

/** The names of all reporting options. */
export const optionNames: readonly string[] = [...Object.keys(readers), 'apiKeySecret'];

/**
 * The function's variables for the options that are set, without that of the secret.
 *
 * @param where - name of the options in the message, for instance `TaskReporting 'Stack/Reports'`
 * @throws Error if a value is invalid
 */
export function variablesOf(options: ReportingOptions, where: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const option of Object.keys(readers).filter(isOption)) {
    const value: unknown = options[option];
    if (value === undefined) continue;
    const result = readers[option](value);
    if ('expected' in result) {
      throw new Error(`${where}: ${option} must be ${result.expected}; it is ${show(value)}.`);
    }
    variables[variableOf[option]] = result.text;
  }
  checkCombinations(options, where);
  return variables;
}

function isOption(name: string): name is Option {
  return Object.hasOwn(readers, name);
}

function checkCombinations(
  { apiKeySecret, baseUrl, allowHttp }: ReportingOptions,
  where: string,
): void {
  if (apiKeySecret !== undefined && !isSecret(apiKeySecret)) {
    throw new Error(
      `${where}: apiKeySecret must be a secret of aws-cdk-lib/aws-secretsmanager. Import an existing one with Secret.fromSecretNameV2(this, 'ApiKey', 'xpander/api-key').`,
    );
  }
  if (baseUrl !== undefined && /^http:/i.test(baseUrl.trim()) && allowHttp !== true) {
    throw new Error(
      `${where}: the baseUrl '${baseUrl}' would send the API key unencrypted. Use https://, or set allowHttp if that network is safe.`,
    );
  }
}

function isSecret(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'secretArn' in value && 'grantRead' in value
  );
}

/** Reads a text. A token counts as valid, because its value is not known at synth. */
function checkedText(check: Check): Read {
  return (value) => {
    const expected = Token.isUnresolved(value) ? undefined : check(value);
    return expected === undefined ? { text: String(value) } : { expected };
  };
}

function checkedNumber(check: Check): Read {
  return (value) => {
    const expected = Token.isUnresolved(value) ? undefined : check(value);
    return expected === undefined
      ? { text: Tokenization.stringifyNumber(Number(value)) }
      : { expected };
  };
}

function readText(value: unknown): ReadValue {
  return checkedText(aString)(value);
}

function readUrl(value: unknown): ReadValue {
  const given = readText(value);
  if ('expected' in given || Token.isUnresolved(given.text)) return given;
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(given.text.trim())
    ? given.text
    : `https://${given.text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url?.username || url?.password) {
    return { expected: 'without a user name or password' };
  }
  return url && ['http:', 'https:'].includes(url.protocol) && !url.search && !url.hash
    ? given
    : { expected: 'a host or an https:// URL without a query' };
}

function readSwitch(value: unknown): ReadValue {
  return typeof value === 'boolean' ? { text: String(value) } : { expected: 'true or false' };
}

function readHosts(value: unknown): ReadValue {
  const expected = { expected: "a list of hosts such as 'llm.example.com' or '*.example.com'" };
  if (!Array.isArray(value) || !value.every(isHost)) return expected;
  return { text: value.join(',') };
}

function isHost(value: unknown): value is string {
  return typeof value === 'string' && (Token.isUnresolved(value) || aHost(value) === undefined);
}

function readRules(value: unknown): ReadValue {
  if (!Array.isArray(value)) return { expected: 'a list of field names, paths and patterns' };
  if (Token.isUnresolved(value)) return { text: Fn.join(',', value) };
  const rules = value.map(String);
  return rules.every((rule) => rule.trim() !== '' && !rule.includes(','))
    ? { text: rules.join(',') }
    : { expected: 'a list of texts and patterns without commas (give those in code)' };
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(String).join(', ')}]`;
  // A URL may contain a password.
  return typeof value === 'string' ? `'${value.replace(/[^/]*@/g, '…@')}'` : String(value);
}

import { Fn, Token, Tokenization } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { environmentVariables } from '../src/config/environment.ts';

/** How much of input, result and LLM response leaves the function. */
export type CaptureMode = 'full' | 'redacted' | 'shape' | 'off';

/** When a report leaves. */
export type Delivery = 'auto' | 'in-band' | 'after-response';

/** From which severity on lines are written into the function's log. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** When the sentinel sends. */
export type SentinelFlush = 'adaptive' | 'end' | 'periodic';

/** How runs are reported: each option that is given becomes a variable of the function. */
export interface ReportingOptions {
  /**
   * The agent that runs are reported for.
   *
   * @default - the function's own `XPANDER_AGENT_ID`
   */
  readonly agentId?: string | undefined;
  /**
   * The secret that holds the API key, as its text or in a JSON field. The function gets its ARN,
   * and may read it; the key itself never comes into a template.
   *
   * @default - the function's own `XPANDER_API_KEY_SECRET`, which it then needs a grant for
   */
  readonly apiKeySecret?: ISecret | undefined;
  /**
   * The JSON secret's field with the key.
   *
   * @default - `api_key`, `apiKey` or `XPANDER_API_KEY`, whichever there is
   */
  readonly apiKeySecretField?: string | undefined;
  /** Where the platform is. @default - `https://inbound.xpander.ai` */
  readonly baseUrl?: string | undefined;
  /** Lets the key and reports go to `baseUrl` over plain http. @default false */
  readonly allowHttp?: boolean | undefined;
  /** Needed for an agent controller only. @default - none */
  readonly organizationId?: string | undefined;
  /**
   * `full`: as it is. `redacted`: secrets masked. `shape`: names, types and lengths only.
   * `off`: nothing of it. @default - `redacted`
   */
  readonly capture?: CaptureMode | undefined;
  /**
   * What to mask beside the built-in list: the name of a field at any depth, a path such as
   * `body.customer.*.email`, or a pattern. Without commas, which separate them in the variable.
   *
   * @default - the built-in list
   */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /** Most bytes of input, result and LLM response together, from 1024. @default - 262144 */
  readonly maxBytes?: number | undefined;
  /** Also report the run when it starts. @default false */
  readonly reportStart?: boolean | undefined;
  /** When reports leave. @default - `auto` */
  readonly delivery?: Delivery | undefined;
  /** Most time for one delivery, in milliseconds, from 1 to 900000. @default - 3000 */
  readonly budgetMs?: number | undefined;
  /** Share of successful runs that are reported, from 0 to 1. @default - 1 */
  readonly sampleRate?: number | undefined;
  /** Whether the answers of LLMs are read on their way. @default true */
  readonly llmTaps?: boolean | undefined;
  /**
   * Hosts that answer as an LLM, beside those of the known providers: `llm.example.com`,
   * `localhost:8080`, `*.example.com`. @default - none
   */
  readonly llmHosts?: readonly string[] | undefined;
  /** What goes into the function's log. @default - `warn` */
  readonly logLevel?: LogLevel | undefined;
  /** When the sentinel sends, where there is one. @default - `adaptive` */
  readonly sentinelFlush?: SentinelFlush | undefined;
  /** Starts the function as it would without the layer. @default false */
  readonly disabled?: boolean | undefined;
}

/** Values that options can take, as the function's own code knows them. */
export const optionValues = {
  capture: ['full', 'redacted', 'shape', 'off'],
  delivery: ['auto', 'in-band', 'after-response'],
  logLevel: ['debug', 'info', 'warn', 'error', 'silent'],
  sentinelFlush: ['adaptive', 'end', 'periodic'],
} as const;

type Option = Exclude<keyof ReportingOptions, 'apiKeySecret'>;
type Read = (value: unknown) => ReadValue;
type ReadValue = { readonly text: string } | { readonly expected: string };

const read: Readonly<Record<Option, Read>> = {
  agentId: readText,
  apiKeySecretField: readText,
  baseUrl: readUrl,
  allowHttp: readSwitch,
  organizationId: readText,
  capture: choiceOf(optionValues.capture),
  redact: readRules,
  maxBytes: numberIn(1_024, Number.MAX_SAFE_INTEGER, 'a whole number, 1024 or more'),
  reportStart: readSwitch,
  delivery: choiceOf(optionValues.delivery),
  budgetMs: numberIn(1, 900_000, 'a whole number, 1 to 900000'),
  sampleRate: (value) =>
    typeof value === 'number' && (Token.isUnresolved(value) || (value >= 0 && value <= 1))
      ? { text: Tokenization.stringifyNumber(value) }
      : { expected: 'a number from 0 to 1' },
  llmTaps: readSwitch,
  llmHosts: readHosts,
  logLevel: choiceOf(optionValues.logLevel),
  sentinelFlush: choiceOf(optionValues.sentinelFlush),
  disabled: readSwitch,
};

const variableOf: Readonly<Record<Option, string>> = environmentVariables;

/** The names of the options that this file checks. */
export const optionNames: readonly string[] = [...Object.keys(read), 'apiKeySecret'];

/**
 * The function's variables for the options that are given, the secret's excepted.
 *
 * @param where - what the message calls the options, for instance `TaskReporting 'Stack/Reports'`
 * @throws Error when a value is not usable
 */
export function variablesOf(options: ReportingOptions, where: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const option of Object.keys(read).filter(isOption)) {
    const value: unknown = options[option];
    if (value === undefined) continue;
    const result = read[option](value);
    if ('expected' in result) {
      throw new Error(`${where}: ${option} must be ${result.expected}; it is ${show(value)}.`);
    }
    variables[variableOf[option]] = result.text;
  }
  checkTogether(options, where);
  return variables;
}

function isOption(name: string): name is Option {
  return Object.hasOwn(read, name);
}

function checkTogether(
  { apiKeySecret, baseUrl, allowHttp }: ReportingOptions,
  where: string,
): void {
  if (apiKeySecret !== undefined && !isSecret(apiKeySecret)) {
    throw new Error(
      `${where}: apiKeySecret must be a secret of aws-cdk-lib/aws-secretsmanager. For one that exists already: Secret.fromSecretNameV2(this, 'ApiKey', 'xpander/api-key').`,
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

function readText(value: unknown): ReadValue {
  return typeof value === 'string' && value.trim() !== ''
    ? { text: value }
    : { expected: 'a non-empty string' };
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
    : { expected: 'a host or an https:// address without query' };
}

function readSwitch(value: unknown): ReadValue {
  return typeof value === 'boolean' ? { text: String(value) } : { expected: 'true or false' };
}

function choiceOf(choices: readonly string[]): Read {
  return (value) =>
    typeof value === 'string' && (Token.isUnresolved(value) || choices.includes(value))
      ? { text: value }
      : { expected: `one of ${choices.map((choice) => `'${choice}'`).join(', ')}` };
}

function numberIn(from: number, to: number, expected: string): Read {
  return (value) =>
    typeof value === 'number' &&
    (Token.isUnresolved(value) || (Number.isSafeInteger(value) && value >= from && value <= to))
      ? { text: Tokenization.stringifyNumber(value) }
      : { expected };
}

function readHosts(value: unknown): ReadValue {
  const expected = { expected: "a list of hosts such as 'llm.example.com' or '*.example.com'" };
  if (!Array.isArray(value) || !value.every(isHost)) return expected;
  return { text: value.join(',') };
}

function isHost(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return Token.isUnresolved(value) || /^(?:\*\.)?[\w.[\]:-]+$/.test(value);
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
  // An address may hold a password.
  return typeof value === 'string' ? `'${value.replace(/[^/]*@/g, '…@')}'` : String(value);
}

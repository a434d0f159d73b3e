/** Names of the environment variables that configure reporting. */
export const environmentVariables = {
  agentId: 'XPANDER_AGENT_ID',
  apiKey: 'XPANDER_API_KEY',
  apiKeySecret: 'XPANDER_API_KEY_SECRET',
  apiKeySecretField: 'XPANDER_API_KEY_SECRET_FIELD',
  baseUrl: 'XPANDER_BASE_URL',
  staging: 'IS_STG',
  organizationId: 'XPANDER_ORGANIZATION_ID',
  allowHttp: 'XPANDER_ALLOW_HTTP',
  capture: 'XPANDER_CAPTURE',
  redact: 'XPANDER_REDACT',
  maxBytes: 'XPANDER_MAX_BYTES',
  reportStart: 'XPANDER_REPORT_START',
  delivery: 'XPANDER_DELIVERY',
  budgetMs: 'XPANDER_BUDGET_MS',
  sampleRate: 'XPANDER_SAMPLE_RATE',
  disabled: 'XPANDER_DISABLED',
  logLevel: 'XPANDER_LOG_LEVEL',
  llmTaps: 'XPANDER_LLM_TAPS',
  llmHosts: 'XPANDER_LLM_HOSTS',
  sentinelFlush: 'XPANDER_SENTINEL_FLUSH',
} as const;

/** A set of environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type Variable = keyof typeof environmentVariables;

/** The variable's value. An empty one counts as not set: consoles and templates create them. */
export function readVariable(environment: Environment, variable: Variable): string | undefined {
  return environment[environmentVariables[variable]]?.trim() || undefined;
}

/** Parses `true`, `1`, `yes`, `on` and their opposites, in any case; undefined for other text. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^\s*(true|1|yes|on)\s*$/i.test(text)) return true;
  return /^\s*(false|0|no|off)\s*$/i.test(text) ? false : undefined;
}

/**
 * The variable's value as a boolean; undefined if it is not set, or is not a boolean.
 *
 * @param warn - called with a sentence about a value that is not a boolean
 */
export function readBoolean(
  environment: Environment,
  variable: Variable,
  warn: (message: string) => void = () => undefined,
): boolean | undefined {
  const text = readVariable(environment, variable);
  if (text === undefined) return undefined;
  const value = parseBoolean(text);
  if (value === undefined) warn(wrongValue(variable, 'true or false', text));
  return value;
}

/** Whether a boolean variable is true; false if it is not set or not a boolean. */
export function isSet(environment: Environment, variable: Variable): boolean {
  return readBoolean(environment, variable) ?? false;
}

/** The warning about an optional variable with an invalid value. */
export function wrongValue(
  variable: Variable,
  expected: string,
  text: string | undefined,
  consequence: string = 'The default is used.',
): string {
  return `${environmentVariables[variable]} must be ${expected}; it is '${text}'. ${consequence}`;
}

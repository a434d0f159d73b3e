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

/** Whether a switch is on: `true` or `1`. */
export function isSet(
  environment: Environment,
  variable: keyof typeof environmentVariables,
): boolean {
  return ['true', '1'].includes(readVariable(environment, variable)?.toLowerCase() ?? '');
}

/** The variable's value; an empty one counts as not set, as consoles and templates leave them. */
export function readVariable(
  environment: Environment,
  variable: keyof typeof environmentVariables,
): string | undefined {
  return environment[environmentVariables[variable]]?.trim() || undefined;
}

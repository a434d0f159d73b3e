import type { CaptureMode, Delivery, LogLevel } from './option-values.ts';

/**
 * The context object of Lambda, as the callbacks of {@link TaskReporterOptions} get it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export interface HandlerContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly [field: string]: unknown;
}

/**
 * How tasks are reported. An option that is not set falls back to its environment variable, then to
 * its default.
 */
export interface TaskReporterOptions<Event = unknown, Response = unknown> {
  /** The agent that tasks are reported for. @default `XPANDER_AGENT_ID` */
  readonly agentId?: string | undefined;
  /** The API key; prefer a secret. @default `XPANDER_API_KEY` */
  readonly apiKey?: string | undefined;
  /**
   * Name or ARN of the AWS Secrets Manager secret that contains the API key, as plain text or in a
   * JSON field. Takes precedence over `XPANDER_API_KEY`. @default `XPANDER_API_KEY_SECRET`
   */
  readonly apiKeySecret?: string | undefined;
  /**
   * The field of a JSON secret that contains the key.
   *
   * @default `XPANDER_API_KEY_SECRET_FIELD`, else the first of `api_key`, `apiKey` and
   *   `XPANDER_API_KEY` that exists
   */
  readonly apiKeySecretField?: string | undefined;
  /** URL of the platform. @default `XPANDER_BASE_URL`, else `https://inbound.xpander.ai` */
  readonly baseUrl?: string | undefined;
  /** Required for an agent controller, unused otherwise. @default `XPANDER_ORGANIZATION_ID` */
  readonly organizationId?: string | undefined;
  /**
   * What is reported of input, result and LLM response. `full`: everything. `redacted`: everything
   * except secrets. `shape`: only names, types and lengths. `off`: nothing.
   *
   * @default `XPANDER_CAPTURE`, else `'redacted'`
   */
  readonly capture?: CaptureMode | undefined;
  /**
   * What to redact in addition to the built-in list: a field name at any depth (`'iban'`), a path
   * (`'body.customer.*.email'`) or a regular expression.
   *
   * @default `XPANDER_REDACT`, separated by commas
   */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /**
   * Maximum size of input, result and LLM response together, in bytes. The largest fields are
   * truncated.
   *
   * @default `XPANDER_MAX_BYTES`, else 262144 (256 KiB)
   */
  readonly maxBytes?: number | undefined;
  /** Returns the task's input. Called before the handler. @default the event */
  input?(event: Event, context: HandlerContext): unknown;
  /** Returns the task's result. @default the handler's response */
  result?(response: Response): unknown;
  /** Returns the task's id. Called before the handler. @default Lambda's request id */
  id?(event: Event, context: HandlerContext): string;
  /**
   * Whether a response is a success.
   *
   * @default false for an HTTP status of 500 or above and for `batchItemFailures`, else true
   */
  isSuccess?(response: Response): boolean;
  /**
   * Also reports the task when it starts, while the handler runs.
   *
   * @default `XPANDER_REPORT_START`, else `false`
   */
  readonly reportStart?: boolean | undefined;
  /**
   * When a report is sent. `after-response`: after the caller has the response. `in-band`: before the
   * response, which waits for it up to `budgetMs`. `auto`: after the response if the environment
   * supports it, otherwise in-band. `after-response` falls back too, and logs a warning.
   *
   * @default `XPANDER_DELIVERY`, else `'auto'`
   */
  readonly delivery?: Delivery | undefined;
  /**
   * Maximum time of one delivery with all its retries, in milliseconds. Never longer than the
   * remaining time of the invocation.
   *
   * @default `XPANDER_BUDGET_MS`, else 3000
   */
  readonly budgetMs?: number | undefined;
  /**
   * Share of successful tasks that are reported, from 0 to 1. Failed tasks are always reported.
   *
   * @default `XPANDER_SAMPLE_RATE`, else 1
   */
  readonly sampleRate?: number | undefined;
  /**
   * Whether tokens, tools and raw responses of LLM calls are captured automatically.
   *
   * @default `XPANDER_LLM_TAPS`, else `true`
   */
  readonly llmTaps?: boolean | undefined;
  /**
   * Hosts of LLMs in addition to those of supported providers: `'llm.example.com'`,
   * `'localhost:8080'`, `'*.example.com'`. @default `XPANDER_LLM_HOSTS`, separated by commas
   */
  readonly llmHosts?: readonly string[] | undefined;
  /** Minimum severity of log lines; `silent` logs nothing. @default `XPANDER_LOG_LEVEL`, else `'warn'` */
  readonly logLevel?: LogLevel | undefined;
}

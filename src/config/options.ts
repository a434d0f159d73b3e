import type { CaptureMode, Delivery, LogLevel } from './option-values.ts';

/** What the callbacks of {@link TaskReporterOptions} get as context: Lambda's own. */
export interface HandlerContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly [field: string]: unknown;
}

/**
 * How runs are reported. Each option that has a variable falls back to it, then to the default.
 */
export interface TaskReporterOptions<Event = unknown, Response = unknown> {
  /** The agent that runs are reported for. @default `XPANDER_AGENT_ID` */
  readonly agentId?: string | undefined;
  /** API key; a secret is the better place for it. @default `XPANDER_API_KEY` */
  readonly apiKey?: string | undefined;
  /**
   * Name or ARN of an AWS Secrets Manager secret that holds the API key, as its text or in a JSON
   * field. Wins over a key from the environment. @default `XPANDER_API_KEY_SECRET`
   */
  readonly apiKeySecret?: string | undefined;
  /**
   * The JSON secret's field with the key.
   *
   * @default `XPANDER_API_KEY_SECRET_FIELD`, else `api_key`, `apiKey` or `XPANDER_API_KEY`,
   *   whichever there is
   */
  readonly apiKeySecretField?: string | undefined;
  /** Where the platform is. @default `XPANDER_BASE_URL`, else `https://inbound.xpander.ai` */
  readonly baseUrl?: string | undefined;
  /** Needed for an agent controller only. @default `XPANDER_ORGANIZATION_ID` */
  readonly organizationId?: string | undefined;
  /**
   * `full`: as it is. `redacted`: secrets masked. `shape`: names, types and lengths only.
   * `off`: nothing of it. @default `XPANDER_CAPTURE`, else `'redacted'`
   */
  readonly capture?: CaptureMode | undefined;
  /**
   * What to mask beside the built-in list: the name of a field at any depth (`'iban'`), a path
   * (`'body.customer.*.email'`), or a pattern. @default `XPANDER_REDACT`, separated by commas
   */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /**
   * Most bytes of input, result and LLM response together; the largest are shortened.
   *
   * @default `XPANDER_MAX_BYTES`, else 262144 (256 KiB)
   */
  readonly maxBytes?: number | undefined;
  /** The task's input. Called before the handler. @default the event */
  input?(event: Event, context: HandlerContext): unknown;
  /** The task's result. @default the handler's response */
  result?(response: Response): unknown;
  /** The task's id. Called before the handler. @default Lambda's request id */
  id?(event: Event, context: HandlerContext): string;
  /**
   * Whether a response is a success. @default no HTTP status from 500 on, no `batchItemFailures`
   */
  isSuccess?(response: Response): boolean;
  /**
   * Also report the run when it starts, beside the handler.
   *
   * @default `XPANDER_REPORT_START`, else `false`
   */
  readonly reportStart?: boolean | undefined;
  /**
   * `after-response`: the report leaves when the caller has the answer. `in-band`: the answer
   * waits for the report, `budgetMs` at most. `auto`: after the response where the environment
   * allows it, else in-band; `after-response` does the same and says so in the log.
   *
   * @default `XPANDER_DELIVERY`, else `'auto'`
   */
  readonly delivery?: Delivery | undefined;
  /**
   * Most time for one delivery with all its tries, in milliseconds; never more than the
   * invocation has left. @default `XPANDER_BUDGET_MS`, else 3000
   */
  readonly budgetMs?: number | undefined;
  /**
   * Share of successful runs that are reported, from 0 to 1. Failed runs always are.
   *
   * @default `XPANDER_SAMPLE_RATE`, else 1
   */
  readonly sampleRate?: number | undefined;
  /**
   * Whether the answers of LLMs are read on their way, for tokens, tools and the raw response.
   *
   * @default `XPANDER_LLM_TAPS`, else `true`
   */
  readonly llmTaps?: boolean | undefined;
  /**
   * Hosts that answer as an LLM, beside those of the known providers: `'llm.example.com'`,
   * `'localhost:8080'`, `'*.example.com'`. @default `XPANDER_LLM_HOSTS`, separated by commas
   */
  readonly llmHosts?: readonly string[] | undefined;
  /** What goes into the function's log. @default `XPANDER_LOG_LEVEL`, else `'warn'` */
  readonly logLevel?: LogLevel | undefined;
}

import { Token } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { TaskReporting, type TaskReportingProps } from '../../infra/index.ts';
import { optionNames } from '../../infra/reporting-options.ts';
import { readEnvironmentOptions } from '../../src/config/environment-options.ts';
import { optionChecks } from '../../src/config/resolve-options.ts';
import { addFunction, errorMessageOf, importSecret, newStack, variablesIn } from './stacks.ts';

const all = {
  agentId: 'agent-123',
  apiKeySecretField: 'key',
  baseUrl: 'xpander.internal',
  allowHttp: true,
  organizationId: 'org-1',
  capture: 'shape',
  redact: ['iban', 'body.*.email', /PX-\d+/i],
  maxBytes: 2048,
  reportStart: true,
  delivery: 'in-band',
  budgetMs: 1500,
  sampleRate: 0.25,
  llmTaps: false,
  llmHosts: ['llm.example.com', '*.example.org'],
  logLevel: 'debug',
  sentinelFlush: 'end',
  disabled: false,
} as const satisfies TaskReportingProps;

describe('options', () => {
  test('become variables', () => {
    expect(variablesOf(all)).toEqual({
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/xpander-lambda/exec-wrapper',
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY_SECRET: 'xpander/api-key',
      XPANDER_API_KEY_SECRET_FIELD: 'key',
      XPANDER_BASE_URL: 'xpander.internal',
      XPANDER_ALLOW_HTTP: 'true',
      XPANDER_ORGANIZATION_ID: 'org-1',
      XPANDER_CAPTURE: 'shape',
      XPANDER_REDACT: 'iban,body.*.email,/PX-\\d+/i',
      XPANDER_MAX_BYTES: '2048',
      XPANDER_REPORT_START: 'true',
      XPANDER_DELIVERY: 'in-band',
      XPANDER_BUDGET_MS: '1500',
      XPANDER_SAMPLE_RATE: '0.25',
      XPANDER_LLM_TAPS: 'false',
      XPANDER_LLM_HOSTS: 'llm.example.com,*.example.org',
      XPANDER_LOG_LEVEL: 'debug',
      XPANDER_SENTINEL_FLUSH: 'end',
      XPANDER_DISABLED: 'false',
    });
  });

  test('have the same values when the function reads the variables', () => {
    const environment = variablesOf(all) as Record<string, string>;

    expect(readEnvironmentOptions(environment, () => expect.unreachable())).toMatchObject({
      agentId: all.agentId,
      apiKeySecret: 'xpander/api-key',
      apiKeySecretField: all.apiKeySecretField,
      llmTaps: all.llmTaps,
      llmHosts: all.llmHosts,
      capture: all.capture,
      redact: all.redact,
      maxBytes: all.maxBytes,
      reportStart: all.reportStart,
      delivery: all.delivery,
      budgetMs: all.budgetMs,
      sampleRate: all.sampleRate,
      logLevel: all.logLevel,
    });
  });

  test('that functions can set in their code are also options of the construct', () => {
    const onlyInCode = ['apiKey', 'input', 'result', 'id', 'isSuccess'];

    expect(optionNames).toEqual(
      expect.arrayContaining(
        Object.keys(optionChecks).filter((name) => !onlyInCode.includes(name)),
      ),
    );
  });

  test('can be tokens', () => {
    const region = { Ref: 'AWS::Region' };
    const [text, number] = [Token.asString(region), Token.asNumber(region)];

    const variables = variablesOf({
      agentId: text,
      baseUrl: text,
      capture: text as 'full',
      redact: Token.asList({ 'Fn::Split': [';', 'a;b'] }),
      budgetMs: number,
      sampleRate: number,
    });

    expect(variables).toMatchObject({
      XPANDER_AGENT_ID: region,
      XPANDER_BASE_URL: region,
      XPANDER_CAPTURE: region,
      XPANDER_REDACT: { 'Fn::Join': [',', { 'Fn::Split': [';', 'a;b'] }] },
      XPANDER_BUDGET_MS: region,
      XPANDER_SAMPLE_RATE: region,
    });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ agentId: ' ' }, "agentId must be a non-empty string; it is ' '."],
    [{ capture: 'all' }, "capture must be one of 'full', 'redacted', 'shape', 'off'; it is 'all'."],
    [{ maxBytes: 5 }, 'maxBytes must be a whole number, 1024 or more; it is 5.'],
    [{ budgetMs: 900_001 }, 'budgetMs must be a whole number, 1 to 900000; it is 900001.'],
    [{ sampleRate: 2 }, 'sampleRate must be a number, 0 to 1; it is 2.'],
    [{ sampleRate: Number.NaN }, 'sampleRate must be a number, 0 to 1; it is NaN.'],
    [{ reportStart: 'yes' }, "reportStart must be true or false; it is 'yes'."],
    [
      { redact: [/a,b/] },
      'redact must be a list of texts and patterns without commas (give those in code); it is [/a,b/].',
    ],
    [{ redact: 'iban' }, "redact must be a list of field names, paths and patterns; it is 'iban'."],
    [
      { baseUrl: 'http://xpander.internal' },
      "the baseUrl 'http://xpander.internal' would send the API key unencrypted. Use https://, or set allowHttp if that network is safe.",
    ],
    [
      { baseUrl: 'https://me:pass@xpander.internal' },
      "baseUrl must be without a user name or password; it is 'https://…@xpander.internal'.",
    ],
    [
      { baseUrl: 'https://xpander.internal?a' },
      "baseUrl must be a host or an https:// URL without a query; it is 'https://xpander.internal?a'.",
    ],
    [
      { apiKeySecret: 'xpander/api-key' },
      "apiKeySecret must be a secret of aws-cdk-lib/aws-secretsmanager. Import an existing one with Secret.fromSecretNameV2(this, 'ApiKey', 'xpander/api-key').",
    ],
    [
      { apiKey: 'key-of-mine' },
      "there is no option 'apiKey', because everyone who can see the template could read the key. Store it in a secret and set apiKeySecret.",
    ],
    [
      { agent: 'x' },
      "unknown option 'agent'. Valid options: agentId, apiKeySecretField, baseUrl, allowHttp, organizationId, capture, redact, maxBytes, reportStart, delivery, budgetMs, sampleRate, llmTaps, llmHosts, logLevel, sentinelFlush, disabled, apiKeySecret, layer, sentinel.",
    ],
    [
      { layer: 'arn:aws:lambda:…' },
      "layer must be { arn: '…' }, the ARN of a published layer version, or { ssmParameter: '…' }, the name of a parameter that contains it. Remove it to use the layer of this package.",
    ],
    [
      { sentinel: { arn: 'arn:aws:lambda:eu-central-1:123456789012:layer:x' } },
      "sentinel: 'arn:aws:lambda:eu-central-1:123456789012:layer:x' is not the ARN of a layer version. It looks like arn:aws:lambda:eu-central-1:123456789012:layer:xpander-lambda:1.",
    ],
  ])('throw at construction if they are invalid: %j', (props, sentence) => {
    const stack = newStack();

    expect(errorMessageOf(() => new TaskReporting(stack, 'TaskReporting', props as never))).toMatch(
      new RegExp(
        `^TaskReporting 'Stack/TaskReporting': ${sentence.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}$`,
      ),
    );
  });

  test('of instrument() throw at once if they are invalid', () => {
    const stack = newStack();
    const reporting = new TaskReporting(stack, 'TaskReporting');
    const fn = addFunction(stack);

    expect(errorMessageOf(() => reporting.instrument(fn, { capture: 'all' as never }))).toBe(
      "TaskReporting 'Stack/TaskReporting', instrument(): capture must be one of 'full', 'redacted', 'shape', 'off'; it is 'all'.",
    );
  });
});

function variablesOf(props: TaskReportingProps): Readonly<Record<string, unknown>> {
  const stack = newStack();
  const apiKeySecret = importSecret(stack);
  new TaskReporting(stack, 'TaskReporting', { apiKeySecret, ...props }).instrument(
    addFunction(stack),
  );
  return variablesIn(stack);
}

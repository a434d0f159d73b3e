import { describe, expect, test } from 'vitest';
import type { TaskReporterOptions } from '../../src/config/options.ts';
import {
  type ReporterSettings,
  type ResolvedOptions,
  resolveOptions,
} from '../../src/config/resolve-options.ts';
import { ConfigurationError } from '../../src/errors.ts';

const complete = { XPANDER_AGENT_ID: 'agent-of-environment', XPANDER_API_KEY: 'key' };

test('an option takes precedence over its variable, which takes precedence over the default', () => {
  const environment = {
    ...complete,
    XPANDER_CAPTURE: 'shape',
    XPANDER_BUDGET_MS: '500',
    XPANDER_BASE_URL: 'platform.example',
  };

  const settings = enabled(
    resolveOptions({ agentId: 'agent-of-code', capture: 'full' }, environment),
  );

  expect(settings).toMatchObject({
    agentId: 'agent-of-code',
    capture: 'full',
    budgetMs: 500,
    baseUrl: 'https://platform.example',
    maxBytes: 262_144,
    sampleRate: 1,
    reportStart: false,
    logLevel: 'warn',
  });
});

test('every variable is read', () => {
  const settings = enabled(
    resolveOptions(
      {},
      {
        XPANDER_AGENT_ID: ' agent-123 ',
        XPANDER_API_KEY: 'unused',
        XPANDER_API_KEY_SECRET: 'xpander/api-key',
        XPANDER_API_KEY_SECRET_FIELD: 'token',
        XPANDER_BASE_URL: 'https://agent-controller.example/',
        XPANDER_ORGANIZATION_ID: 'org 1',
        XPANDER_CAPTURE: 'FULL',
        XPANDER_REDACT: 'iban, body.customer.email ,/PX-\\d+/i',
        XPANDER_MAX_BYTES: '4096',
        XPANDER_REPORT_START: 'true',
        XPANDER_DELIVERY: 'in-band',
        XPANDER_BUDGET_MS: '750',
        XPANDER_SAMPLE_RATE: '0.25',
        XPANDER_LLM_TAPS: 'False',
        XPANDER_LLM_HOSTS: 'llm.example.com, *.example.org:8443',
        XPANDER_LOG_LEVEL: 'error',
      },
    ),
  );

  expect(settings).toEqual({
    agentId: 'agent-123',
    apiKey: { kind: 'secret', secretId: 'xpander/api-key', field: 'token' },
    baseUrl: 'https://agent-controller.example/org%201',
    capture: 'full',
    redact: ['iban', 'body.customer.email', /PX-\d+/i],
    maxBytes: 4_096,
    reportStart: true,
    delivery: 'in-band',
    budgetMs: 750,
    sampleRate: 0.25,
    llmTaps: false,
    llmHosts: ['llm.example.com', '*.example.org:8443'],
    logLevel: 'error',
    input: undefined,
    result: undefined,
    id: undefined,
    isSuccess: undefined,
  });
});

test('a callback is called with the options object as this', () => {
  const options = {
    agentId: 'agent-123',
    id(this: { agentId: string }) {
      return `${this.agentId}-task`;
    },
  };

  const settings = enabled(resolveOptions(options, complete));

  expect(settings.id?.({}, {})).toBe('agent-123-task');
});

test.each<[unknown, string]>([
  [{ agentID: 'a' }, "unknown field 'agentID'"],
  [{ agentId: '' }, "'agentId' must be a non-empty string; it is ''"],
  [{ capture: 'all' }, "'capture' must be one of 'full', 'redacted', 'shape', 'off'; it is 'all'"],
  [{ maxBytes: 10 }, "'maxBytes' must be a whole number, 1024 or more; it is 10"],
  [{ budgetMs: '3000' }, "'budgetMs' must be a whole number, 1 to 900000; it is '3000'"],
  [{ sampleRate: 2 }, "'sampleRate' must be a number, 0 to 1; it is 2"],
  [{ redact: 'iban' }, "'redact' must be a list"],
  [{ redact: ['iban', 5] }, 'entry 1 is 5'],
  [{ input: 'event.body' }, "'input' must be a function"],
  [
    { apiKey: 'a b' },
    "'apiKey' must be a text that is allowed in an HTTP header; it is something else",
  ],
  [{ apiKey: 'a', apiKeySecret: 'b' }, "set 'apiKey' or 'apiKeySecret', not both"],
  [{ baseUrl: 'http://platform.example' }, 'would send the API key unencrypted'],
  [{ baseUrl: 'ftp://platform.example' }, "'ftp://platform.example' is not valid"],
  [{ llmTaps: 'no' }, "'llmTaps' must be true or false; it is 'no'"],
  [{ llmHosts: ['https://llm.example.com/v1'] }, "a host such as 'llm.example.com'"],
  [{ delivery: 'later' }, "'delivery' must be one of 'auto', 'in-band'"],
  ['agent-123', 'expected an object'],
])('an invalid option %o throws and is named in the message', (options, message) => {
  const resolve = (): ResolvedOptions => resolveOptions(options as TaskReporterOptions, complete);

  expect(resolve).toThrow(ConfigurationError);
  expect(resolve).toThrow(message);
});

test('no message shows an invalid key', () => {
  const resolve = (): ResolvedOptions =>
    resolveOptions({ apiKey: ['hidden'] } as unknown as TaskReporterOptions, complete);

  expect(resolve).toThrow(
    /^options: 'apiKey' must be a text that is allowed in an HTTP header; it is something else\.$/,
  );
});

describe('a wrong value of an optional variable causes a warning, and the default is used', () => {
  test.each<[string, string, Partial<ReporterSettings>, string]>([
    ['XPANDER_LOG_LEVEL', 'warning', { logLevel: 'warn' }, "one of 'debug', 'info'"],
    ['XPANDER_LLM_TAPS', 'maybe', { llmTaps: true }, 'true or false'],
    ['XPANDER_REPORT_START', '2', { reportStart: false }, 'true or false'],
    ['XPANDER_MAX_BYTES', 'abc', { maxBytes: 262_144 }, 'a whole number, 1024 or more'],
    ['XPANDER_MAX_BYTES', '10', { maxBytes: 262_144 }, 'a whole number, 1024 or more'],
    ['XPANDER_BUDGET_MS', '3s', { budgetMs: 3_000 }, 'a whole number, 1 to 900000'],
    ['XPANDER_SAMPLE_RATE', '50%', { sampleRate: 1 }, 'a number, 0 to 1'],
    ['XPANDER_DELIVERY', 'later', { delivery: 'auto' }, "one of 'auto', 'in-band'"],
    ['XPANDER_LLM_HOSTS', 'https://llm.example/v1', { llmHosts: [] }, 'a list, each entry a host'],
    ['IS_STG', 'staging', { baseUrl: 'https://inbound.xpander.ai' }, 'true or false'],
    ['XPANDER_ALLOW_HTTP', 'sure', { baseUrl: 'https://inbound.xpander.ai' }, 'true or false'],
    ['XPANDER_DISABLED', 'perhaps', {}, 'true or false'],
  ])('%s=%s', (name, value, settings, expected) => {
    const resolved = resolveOptions({}, { ...complete, [name]: value });

    expect(enabled(resolved)).toMatchObject(settings);
    expect(resolved).toMatchObject({
      warnings: [expect.stringContaining(`${name} must be ${expected}`)],
    });
    expect(resolved).toMatchObject({
      warnings: [expect.stringMatching(/; it is '.+'\. The default is used\.$/)],
    });
  });

  test('a value that is right causes none', () => {
    expect(resolveOptions({}, complete)).toMatchObject({ kind: 'enabled', warnings: [] });
  });
});

describe('reports contain only the shape of data where it is not known what to hide', () => {
  const wrongCapture = { ...complete, XPANDER_CAPTURE: 'none' };
  const wrongPattern = { ...complete, XPANDER_REDACT: 'iban,/(/' };

  test.each<[string, Record<string, string>, TaskReporterOptions, string]>([
    ['a wrong capture mode', wrongCapture, {}, 'shape'],
    ['a wrong capture mode that an option replaces', wrongCapture, { capture: 'full' }, 'full'],
    ['a wrong pattern', wrongPattern, {}, 'shape'],
    [
      'a wrong pattern, with a capture mode in code',
      wrongPattern,
      { capture: 'redacted' },
      'shape',
    ],
    ['a wrong pattern where nothing is redacted', wrongPattern, { capture: 'full' }, 'full'],
    ['a wrong pattern where nothing is captured', wrongPattern, { capture: 'off' }, 'off'],
    ['a wrong pattern that an option replaces', wrongPattern, { redact: ['iban'] }, 'redacted'],
  ])('%s', (_, environment, options, capture) => {
    const resolved = resolveOptions(options, environment);

    expect(enabled(resolved)).toMatchObject({ capture });
    expect(resolved).toMatchObject({
      warnings: [expect.stringMatching(/Until that is fixed, reports contain only the shape/)],
    });
  });
});

describe('booleans are read in each usual form', () => {
  test.each<[string, boolean]>([
    ['true', true],
    ['True', true],
    ['1', true],
    ['YES', true],
    [' on ', true],
    ['false', false],
    ['False', false],
    ['0', false],
    ['No', false],
    ['OFF', false],
  ])('%s', (value, isOn) => {
    const environment = { ...complete, XPANDER_REPORT_START: value, XPANDER_LLM_TAPS: value };
    const staging = isOn ? 'https://inbound.stg.xpander.ai' : 'https://inbound.xpander.ai';
    const toHttp = { XPANDER_ALLOW_HTTP: value, XPANDER_BASE_URL: 'http://platform.example' };

    expect(resolveOptions({}, { ...environment, IS_STG: value })).toMatchObject({
      settings: { reportStart: isOn, llmTaps: isOn, baseUrl: staging },
      warnings: [],
    });
    expect(resolveOptions({}, { ...complete, ...toHttp }).kind).toBe(isOn ? 'enabled' : 'disabled');
    expect(resolveOptions({}, { ...complete, XPANDER_DISABLED: value }).kind).toBe(
      isOn ? 'switched-off' : 'enabled',
    );
  });
});

describe('a variable that reporting cannot do without disables it', () => {
  test.each<[string, Record<string, string | undefined>, string]>([
    ['no agent', { XPANDER_AGENT_ID: undefined }, 'There is no agent id'],
    ['no key', { XPANDER_API_KEY: ' ' }, 'There is no API key'],
    ['plain http', { XPANDER_BASE_URL: 'http://platform.example' }, 'unencrypted'],
    ['a base URL with password', { XPANDER_BASE_URL: 'https://u:hidden@h' }, 'must not contain'],
    [
      'a controller without organization',
      { XPANDER_BASE_URL: 'https://h:9016' },
      'XPANDER_ORGANIZATION_ID',
    ],
  ])('%s', (_, variables, reason) => {
    const resolved = resolveOptions({}, { ...complete, ...variables });

    expect(resolved).toMatchObject({ kind: 'disabled', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(resolved)).not.toContain('hidden');
  });
});

test.each(['TRUE', '1'])(
  'XPANDER_DISABLED=%s takes precedence over all other variables',
  (value) => {
    const environment = {
      XPANDER_DISABLED: value,
      XPANDER_CAPTURE: 'nonsense',
      XPANDER_API_KEY: 'a b',
      XPANDER_BASE_URL: 'http://platform.example',
    };

    const resolved = resolveOptions({ baseUrl: 'https://h:9016' }, environment);

    expect(resolved).toEqual({ kind: 'switched-off' });
  },
);

test('an invalid variable that is not used is ignored', () => {
  const environment = { ...complete, XPANDER_API_KEY: 'a b' };
  const options = { apiKeySecret: 's', baseUrl: 'https://platform.example' };

  expect(resolveOptions(options, environment)).toMatchObject({ kind: 'enabled' });
});

test('the log level of the environment applies to messages about the environment', () => {
  expect(resolveOptions({}, { XPANDER_LOG_LEVEL: 'silent' })).toMatchObject({
    kind: 'disabled',
    logLevel: 'silent',
  });
});

test('plain http is allowed for loopback addresses, and for others with XPANDER_ALLOW_HTTP', () => {
  const urlOf = (variables: Record<string, string>): string =>
    enabled(resolveOptions({}, { ...complete, ...variables })).baseUrl;

  expect(urlOf({ XPANDER_BASE_URL: 'http://127.0.0.1:4747/' })).toBe('http://127.0.0.1:4747');
  expect(urlOf({ XPANDER_BASE_URL: 'http://localhost:4747' })).toBe('http://localhost:4747');
  expect(urlOf({ XPANDER_BASE_URL: 'http://[::1]:4747' })).toBe('http://[::1]:4747');
  expect(urlOf({ XPANDER_BASE_URL: 'http://10.0.0.7', XPANDER_ALLOW_HTTP: 'true' })).toBe(
    'http://10.0.0.7',
  );
  expect(urlOf({ IS_STG: 'true' })).toBe('https://inbound.stg.xpander.ai');
  expect(urlOf({})).toBe('https://inbound.xpander.ai');
});

test.each([
  ['https://agent-controller-acme.example', 'https://agent-controller-acme.example/org'],
  ['https://h.example/agent-controller', 'https://h.example/agent-controller/org'],
  ['https://h.example/api/agent-controller/', 'https://h.example/api/agent-controller/org'],
  ['http://localhost:9016', 'http://localhost:9016/org'],
  ['http://localhost:49016', 'http://localhost:49016'],
])('%s contains the organization only if it is an agent controller', (baseUrl, expected) => {
  const settings = enabled(resolveOptions({ baseUrl, organizationId: 'org' }, complete));

  expect(settings.baseUrl).toBe(expected);
});

function enabled(
  resolved: ResolvedOptions,
): Extract<ResolvedOptions, { kind: 'enabled' }>['settings'] {
  if (resolved.kind !== 'enabled') return expect.unreachable(JSON.stringify(resolved));
  return resolved.settings;
}

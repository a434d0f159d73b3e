/** Calls of LLMs are read on their way, by whatever client they are made. */
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { currentTask, withTaskReporter } from '../../../src/index.ts';
import {
  type LocalPlatform,
  startLocalPlatform,
} from '../../../src/local/server/local-platform.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { reportsOf } from '../../support/reports-of.ts';
import { completion, serve } from './answering-server.ts';
import { askOverHttp2, clients } from './llm-calls.ts';

const plain = JSON.stringify(completion);
const read = {
  tokens: { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 },
  used_tools: ['get_weather'],
  llm_response: completion,
};
const unread = { tokens: null, used_tools: [], llm_response: null };

test.each(Object.entries(clients))('an answer by %s is read', async (_, ask) => {
  const url = await serve({ pieces: [plain.slice(0, 100), plain.slice(100)] });

  const { answer, report } = await run(() => ask(url));

  expect(answer).toEqual({ status: 200, text: plain });
  expect(report).toMatchObject(read);
});

test('a response by node:http2 is read', async () => {
  const url = await serve({ pieces: [plain.slice(0, 100), plain.slice(100)] }, 'http2');

  const { answer, report } = await run(() => askOverHttp2(url));

  expect(answer).toEqual({ status: 200, text: plain });
  expect(report).toMatchObject(read);
});

test.each(Object.entries(clients))('a compressed answer by %s is read', async (_, ask) => {
  const url = await serve({
    headers: { 'content-encoding': 'gzip' },
    pieces: [gzipSync(plain)],
  });

  const { report } = await run(() => ask(url));

  expect(report).toMatchObject(read);
});

test.each(Object.entries(clients))(
  'an answer that breaks off, by %s, is unknown',
  async (_, ask) => {
    const url = await serve({ pieces: [plain.slice(0, 100)], breaks: true });

    const { answer, report } = await run(() => ask(url).catch(() => 'broken'));

    expect(answer).toBe('broken');
    expect(report).toMatchObject(unread);
  },
);

test('a host that nobody has named is not read', async () => {
  const url = await serve({ pieces: [plain] });
  const elsewhere = url.replace('127.0.0.1', 'localhost');

  const { report } = await run(() => fetchText(elsewhere));

  expect(report).toMatchObject(unread);
});

test('what is fetched, not asked, is not read', async () => {
  const url = await serve({ pieces: [plain] });

  const { report } = await run(async () => (await fetch(url)).text());

  expect(report).toMatchObject(unread);
});

test.each([
  ['an error', { status: 429, pieces: [plain] }],
  ['speech', { headers: { 'content-type': 'audio/mpeg' }, pieces: [plain] }],
])('%s is not read', async (_, answer) => {
  const url = await serve(answer);

  const { report } = await run(() => fetchText(url));

  expect(report).toMatchObject(unread);
});

test('a response that is larger than the bound is not kept', async () => {
  const url = await serve({ pieces: Array.from({ length: 10 }, () => 'x'.repeat(1024 * 1024)) });

  const { answer, report } = await run(async () => (await fetchText(url)).length);

  expect(answer).toBe(10 * 1024 * 1024);
  expect(report).toMatchObject(unread);
});

test('calls of runs at the same time count for their own run', async () => {
  const url = await serve({ pieces: [plain.slice(0, 100), plain.slice(100)] });
  const counts = [1, 2, 3];

  const reports = await Promise.all(
    counts.map((count) =>
      run(async () => {
        for (let call = 0; call < count; call += 1) await fetchText(url);
      }),
    ),
  );

  expect(reports.map(({ report }) => report['tokens'])).toEqual(
    counts.map((count) => ({
      prompt_tokens: 12 * count,
      completion_tokens: 34 * count,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      total_tokens: 46 * count,
    })),
  );
});

test('a response that the handler keeps as well counts once', async () => {
  const url = await serve({ pieces: [plain] });

  const { report } = await run(async () => {
    currentTask().recordLlmResponse(JSON.parse(await fetchText(url)));
  });

  expect(report).toMatchObject(read);
});

test('tokens that the handler counts as well count once', async () => {
  const url = await serve({ pieces: [plain] });

  const { report } = await run(async () => {
    await fetchText(url);
    currentTask().addTokens({ promptTokens: 12, completionTokens: 34 });
    currentTask().addTokens({ promptTokens: 1, completionTokens: 0 });
  });

  expect(report).toMatchObject({ tokens: { prompt_tokens: 13, completion_tokens: 34 } });
});

test('a reporter whose taps are off reads nothing, whatever others in the process read', async () => {
  const url = await serve({ pieces: [plain] });

  const { report: other } = await run(() => fetchText(url));
  const { report } = await run(() => fetchText(url), { llmTaps: false });

  expect(other).toMatchObject(read);
  expect(report).toMatchObject(unread);
});

test('what one call has given up leaves room for the next', async () => {
  const large = await serve({ pieces: Array.from({ length: 9 }, () => 'x'.repeat(1024 * 1024)) });
  const url = await serve({ pieces: [plain] });

  const { report } = await run(async () => {
    await fetchText(large);
    await fetchText(url);
  });

  expect(report).toMatchObject(read);
});

test('the hosts that one reporter names are not read for another', async () => {
  const url = await serve({ pieces: [plain] });

  const { report } = await run(() => fetchText(url), { llmHosts: ['llm.example.com'] });

  expect(report).toMatchObject(unread);
});

test.each(['127.0.0.1', '*.0.0.1', 'LOCALHOST', 'localhost'])(
  'a host named %s is read',
  async (host) => {
    const url = await serve({ pieces: [plain] });
    const asked = /localhost/i.test(host) ? url.replace('127.0.0.1', 'localhost') : url;

    const { report } = await run(() => fetchText(asked), { llmHosts: [host] });

    expect(report).toMatchObject(read);
  },
);

test('the name of a tool that an MCP server is asked for is read, and nothing else of it', async () => {
  const url = await serve({ pieces: ['{}'] });
  const call = { method: 'tools/call', params: { name: 'book_flight', arguments: { to: 'LIS' } } };
  const headers = { 'mcp-protocol-version': '2025-06-18', 'content-type': 'application/json' };

  const { report } = await run(async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...call });
    await fetch(url.replace('127.0.0.1', 'localhost'), { method: 'POST', headers, body });
    await fetch(url.replace('127.0.0.1', 'localhost'), { method: 'POST', body });
  });

  expect(report).toMatchObject({ ...unread, used_tools: ['book_flight'] });
});

test('a response that its reader gives up is what the reader made it, and unknown', async () => {
  const url = await serve({ pieces: [plain.slice(0, 20), ...Array<string>(50).fill(' ')] });

  const { answer, report } = await run(async () => {
    const abort = new AbortController();
    const response = await fetch(url, { method: 'POST', body: '{}', signal: abort.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    abort.abort(new Error('enough'));
    return reader?.read().catch((error: unknown) => error);
  });

  expect(answer).toEqual(new Error('enough'));
  expect(report).toMatchObject(unread);
});

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: '{}' });
  return response.text();
}

interface Run {
  readonly answer: unknown;
  readonly report: Record<string, unknown>;
}

/** Runs the work as a handler that is reported. */
async function run(work: () => unknown, more: object = {}): Promise<Run> {
  const platform: LocalPlatform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const context = lambdaContext();
  const handler = withTaskReporter(async () => work(), {
    agentId: 'agent-123',
    apiKey: 'key',
    baseUrl: platform.url,
    llmHosts: ['127.0.0.1'],
    ...more,
  });
  const answer = await (handler as (event: unknown, context: unknown) => Promise<unknown>)(
    {},
    context,
  );
  return { answer, report: reportsOf(platform, context)[0] ?? {} };
}

/** Only calls to hosts that are known or named are read, and none where that is switched off. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LambdaOptions } from '../../support/lambda/lambda.ts';
import {
  type ClientRun,
  reportedBy,
  type Surroundings,
  startSurroundings,
} from './surroundings.ts';

let surroundings: Surroundings;
beforeAll(async () => {
  surroundings = await startSurroundings();
});
afterAll(() => surroundings[Symbol.asyncDispose]());

const { wrapper, layer } = reportedBy;
const calls = [
  { client: 'openai', call: 'chat', behaviour: 'text' },
  { client: 'openai', call: 'chatStream', behaviour: 'tools' },
  { client: 'bedrock', call: 'converse', behaviour: 'tools' },
  { client: 'http', call: 'json', behaviour: 'text' },
  { client: 'undici', call: 'request', behaviour: 'text' },
  { client: 'mcp', call: 'callTools', behaviour: 'text' },
];

describe('no LLM is listened to, only the names of tools that go to an MCP server', () => {
  test.each<[string, Partial<LambdaOptions>]>([
    ['where no host is named', { ...wrapper, environment: hosts('') }],
    ['where another host is named', { ...wrapper, environment: hosts('llm.example.com') }],
    ['where another port is named', { ...wrapper, environment: hosts('127.0.0.1:1') }],
    ['where the name of a host begins alike', { ...wrapper, environment: hosts('127.0.0.10') }],
    ['where the option names other hosts', { handler: 'options.otherHosts' }],
    ['by the layer, where no host is named', layerWith(hosts(''))],
  ])('%s', async (_, options) => {
    const reports = await reportsOfAll(options);

    const nothing = { tokens: null, used_tools: [], llm_response: null };
    expect(reports).toMatchObject([
      ...Array.from({ length: 5 }, () => nothing),
      { ...nothing, used_tools: ['add', 'echo'] },
    ]);
  });
});

describe('nothing is read', () => {
  test.each<[string, Partial<LambdaOptions>]>([
    ['where the variable switches it off', { ...wrapper, environment: taps('false') }],
    ['where the option switches it off', { handler: 'options.off' }],
    ['by the layer, where the variable switches it off', layerWith(taps('false'))],
  ])('%s', async (_, options) => {
    const reports = await reportsOfAll(options);

    const nothing = { tokens: null, used_tools: [], llm_response: null };
    expect(reports).toMatchObject(calls.map(() => nothing));
  });
});

describe('calls are read', () => {
  test.each<[string, (address: string) => Partial<LambdaOptions>]>([
    ['where the host is named', () => wrapper],
    ['where host and port are', (address) => ({ ...wrapper, environment: hosts(address) })],
    [
      'where it is one of several',
      (address) => ({ ...wrapper, environment: hosts(` llm.example.com , ${address},`) }),
    ],
    ['where the option names it', () => ({ handler: 'options.hosts', environment: hosts('') })],
    ['where the variable leaves it on', () => ({ ...wrapper, environment: taps('true') })],
    ['by the layer, where the host is named', () => layer],
  ])('%s', async (_, optionsFor) => {
    const reports = await reportsOfAll(optionsFor(surroundings.provider.address));

    const tokens = { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 };
    const called = ['get_weather', 'web_search'];
    expect(reports).toMatchObject([
      { tokens, used_tools: [] },
      { tokens, used_tools: called },
      { tokens, used_tools: called },
      { tokens, used_tools: [] },
      { tokens, used_tools: [] },
      { tokens: null, used_tools: ['add', 'echo'] },
    ]);
  });
});

function hosts(list: string): Record<string, string> {
  return { XPANDER_LLM_HOSTS: list };
}

function taps(value: string): Record<string, string> {
  return { XPANDER_LLM_TAPS: value };
}

function layerWith(environment: Readonly<Record<string, string>>): Partial<LambdaOptions> {
  return { ...layer, environment: { ...layer.environment, ...environment } };
}

async function reportsOfAll(options: Partial<LambdaOptions>): Promise<unknown[]> {
  const lambda = await surroundings.start(options);
  const runs: ClientRun[] = [];
  for (const call of calls) runs.push(await surroundings.run(lambda, call));
  await lambda.close();
  return runs.flatMap(({ reports }) => reports);
}

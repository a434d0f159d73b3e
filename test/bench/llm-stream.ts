/**
 * What reading an LLM's answer on its way costs: a streamed answer of 2,000 chunks, and the init of
 * a function that calls no LLM, with taps and without, turn by turn.
 *
 *     node test/bench/llm-stream.ts                 some minutes
 *     node test/bench/llm-stream.ts --rounds 5      fewer turns
 *     node test/bench/llm-stream.ts --client fetch  one client: openai, fetch or http
 */

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { installPackages } from '../support/install-packages.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';
import { startServices } from './services.ts';
import { type Estimate, estimate, median } from './statistics.ts';
import { createShuffle } from './turns.ts';

const functions = fileURLToPath(new URL('../llm/clients/functions', import.meta.url));
const chunks = 2_000;
const clients = ['openai', 'fetch', 'http'];
/** As fast as the machine can, and as a fast model does. */
const paces = [
  { name: 'no pause', delayMs: 0, share: 1 },
  { name: '1 ms between chunks', delayMs: 1, share: 0.25 },
];
const settings = [
  { name: 'without', taps: 'false' },
  { name: 'with', taps: 'true' },
] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '24' },
    client: { type: 'string', multiple: true, default: clients },
  },
});
const rounds = Number(values.rounds);
const shuffle = createShuffle();

type Setting = (typeof settings)[number]['name'];
/** One value for each turn. */
type Turns = Readonly<Record<Setting, number[]>>;

interface Answer {
  readonly ms: number;
  /** Of all threads of the function, in user and system mode. */
  readonly processorMs: number;
  readonly responseMs: number;
}

await installPackages(new URL('../llm/clients/functions/', import.meta.url), 'Clients of LLMs');
await using services = await startServices();
const worker = new Worker(new URL('../llm/provider-server/provider-thread.ts', import.meta.url), {
  execArgv: [],
});
const [provider]: string[] = await once(worker, 'message');

for (const client of values.client) {
  for (const { name, delayMs, share } of paces) {
    const { inCall, processor, waited } = await stream(client, delayMs, Math.ceil(rounds * share));
    console.log(`${client}, ${chunks} chunks, ${name}`);
    console.log(`  until the stream is read   ${compared(inCall)}`);
    console.log(`  processor time of that     ${compared(processor)}`);
    console.log(`  until the caller has it    ${compared(waited)}`);
  }
}
const { init, first } = await start(rounds);
console.log('a function that calls no LLM');
console.log(`  init                       ${compared(init)}`);
console.log(`  first answer               ${compared(first)}`);
await worker.terminate();

async function stream(
  client: string,
  delayMs: number,
  turns: number,
): Promise<{ inCall: Turns; processor: Turns; waited: Turns }> {
  await using without = await startFunction('streams.handler', 'false');
  await using withTaps = await startFunction('streams.handler', 'true');
  const lambdas = { without, with: withTaps };
  const model = `gpt--text--chunks-${chunks}--delay-${delayMs}`;
  const invoke = async (name: Setting): Promise<Answer> => {
    const result = await lambdas[name].invoke({ client, url: provider, model });
    await result.settled;
    if (result.kind !== 'response') throw new Error(lambdas[name].logs.join('\n'));
    return { ...JSON.parse(result.body), responseMs: result.responseMs };
  };
  // Until the code is compiled.
  for (let turn = 0; turn < (delayMs > 0 ? 1 : 5); turn += 1) {
    for (const { name } of settings) await invoke(name);
  }
  const inCall: Turns = { without: [], with: [] };
  const processor: Turns = { without: [], with: [] };
  const waited: Turns = { without: [], with: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { name } of shuffle(settings)) {
      const { ms, processorMs, responseMs } = await invoke(name);
      inCall[name].push(ms);
      processor[name].push(processorMs);
      waited[name].push(responseMs);
    }
  }
  return { inCall, processor, waited };
}

async function start(turns: number): Promise<{ init: Turns; first: Turns }> {
  const init: Turns = { without: [], with: [] };
  const first: Turns = { without: [], with: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { name, taps } of shuffle(settings)) {
      await using lambda = await startFunction('idle.handler', taps);
      init[name].push(lambda.initDurationMs ?? Number.NaN);
      const { responseMs, settled } = await lambda.invoke({});
      await settled;
      first[name].push(responseMs);
    }
  }
  return { init, first };
}

function startFunction(handler: string, taps: string): Promise<Lambda> {
  return startLambda({
    handler,
    taskRoot: functions,
    timeoutMs: 60_000,
    memoryMb: 512,
    environment: {
      ...services.environment,
      XPANDER_LLM_HOSTS: '127.0.0.1',
      XPANDER_LLM_TAPS: taps,
    },
  });
}

/** The median of the differences between the two of a turn, and its 95 % interval. */
function compared(turns: Turns): string {
  const baseline = median(turns.without);
  const added = turns.with.map((ms, turn) => ms - (turns.without[turn] ?? Number.NaN));
  const { median: ms, low, high }: Estimate = estimate(added);
  const share = (part: number): string => `${((100 * part) / baseline).toFixed(2)} %`;
  const sign = ms < 0 ? '' : '+';
  return `${baseline.toFixed(2)} ms, with taps ${sign}${ms.toFixed(2)} ms = ${share(ms)} [${share(low)}, ${share(high)}], ${added.length} turns`;
}

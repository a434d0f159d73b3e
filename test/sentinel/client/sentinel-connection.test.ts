/** The function's end of the socket, with a sentinel that behaves as the test wants. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { joinSentinel } from '../../../src/sentinel/client/sentinel-connection.ts';

const destination = {
  agentId: 'agent-123',
  baseUrl: 'https://inbound.xpander.ai',
  key: { kind: 'environment' },
} as const;
const report = {
  ...{ id: 'run-1', input: null, result: null, llm_response: null, tokens: null },
  ...{ is_success: true, duration: 1, used_tools: [] },
};
const stub = {
  id: 'run-1',
  agentId: 'agent-123',
  baseUrl: 'https://inbound.xpander.ai',
  startedAt: 1,
};

test('where no sentinel listens there is no link', () => {
  expect(joinSentinel(temporaryFolder(), destination)).toBeUndefined();
});

test('a report that is taken needs nobody else', async () => {
  const { folder, heard } = await listen((message, tell) => {
    if (message.kind === 'hello') tell({ kind: 'welcome' });
    if (message.kind === 'report') tell({ kind: 'taken', run: message.run });
  });
  const link = joinSentinel(folder, destination);
  const run = link?.begin({ requestId: 'id-1', stub, file: '/tmp/stub' });
  run?.add({ isReported: true });

  const isTaken = await run?.handOver(report, 5_000);
  run?.close();

  expect(isTaken).toBe(true);
  await expect
    .poll(() => heard.map(({ kind }) => kind))
    .toEqual([...['hello', 'begin', 'step', 'report', 'close']]);
  expect(heard[0]).toMatchObject({ process: expect.stringMatching(/^\d+-\d+$/), destination });
  expect(heard[1]).toMatchObject({ run: 1, requestId: 'id-1', stub, file: '/tmp/stub' });
});

test('a report without any time left has one owner: the sentinel, which takes it in milliseconds', async () => {
  const { folder } = await listen((message, tell) => {
    if (message.kind === 'hello') tell({ kind: 'welcome' });
    if (message.kind === 'report') setTimeout(tell, 20, { kind: 'taken', run: message.run });
  });
  const link = joinSentinel(folder, destination);
  expect(await link?.begin({}).handOver(report, 5_000)).toBe(true);

  expect(await link?.begin({}).handOver(report, 0)).toBe(true);
});

test('one that is refused is the function’s own business, at once', async () => {
  const { folder } = await listen((message, tell) => {
    if (message.kind === 'hello') tell({ kind: 'refused' });
  });
  const link = joinSentinel(folder, destination);

  expect(await link?.begin({}).handOver(report, 60_000)).toBe(false);
  expect(link?.isUsable()).toBe(false);
});

test('one that hangs costs its time once, and may come back', async () => {
  let answers = false;
  const { folder, tellAll } = await listen((message, tell) => {
    if (message.kind === 'hello') tell({ kind: 'welcome' });
    if (message.kind === 'report' && answers) tell({ kind: 'taken', run: message.run });
  });
  const link = joinSentinel(folder, destination);

  expect(await link?.begin({}).handOver(report, 200)).toBe(false);
  expect(link?.isUsable()).toBe(false);
  expect(await link?.begin({}).handOver(report, 60_000)).toBe(false);
  answers = true;
  tellAll({ kind: 'taken', run: 1 });
  await expect.poll(() => link?.isUsable()).toBe(true);
  expect(await link?.begin({}).handOver(report, 5_000)).toBe(true);
});

test('one that dies is not waited for', async () => {
  const { folder, end } = await listen((message, tell) => {
    if (message.kind === 'hello') tell({ kind: 'welcome' });
    if (message.kind === 'report') end();
  });
  const link = joinSentinel(folder, destination);

  expect(await link?.begin({}).handOver(report, 60_000)).toBe(false);
  expect(link?.isUsable()).toBe(false);
});

test('nonsense changes nothing', async () => {
  const { folder } = await listen((message, _, write) => {
    if (message.kind === 'hello')
      write('HTTP/1.1 200 OK\n[]\n{"kind":"taken"}\n{"kind":"welcome"}\n');
    if (message.kind === 'report') write('{"kind":"taken","run":99}\n{"kind":"taken","run":1}\n');
  });
  const link = joinSentinel(folder, destination);

  expect(await link?.begin({}).handOver(report, 5_000)).toBe(true);
});

test.each([
  ['an exit', 'process.exit(3)'],
  ['an uncaught error', "throw new Error('no more')"],
  ['an endless loop that is killed', 'for (;;) {}'],
])('what is said right before %s arrives', async (_, end) => {
  const { folder, heard } = await listen(() => undefined);
  const module = new URL('../../../src/sentinel/client/sentinel-connection.ts', import.meta.url)
    .href;
  const script = `
    import { joinSentinel } from '${module}';
    const run = joinSentinel('${folder}', ${JSON.stringify(destination)}).begin({});
    process.on('exit', () => run.add({ crash: { cause: 'exit', at: 1 } }));
    setTimeout(() => { run.add({ isReported: true }); ${end}; }, 200);`;

  const options = { timeout: 1_500, killSignal: 'SIGKILL' } as const;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options).catch(
    () => undefined,
  );

  await expect
    .poll(() => heard)
    .toContainEqual({ kind: 'step', run: 1, step: { isReported: true } });
});

test('a process that has nothing else to do is not kept alive', async () => {
  const { folder } = await listen(() => undefined);
  const module = new URL('../../../src/sentinel/client/sentinel-connection.ts', import.meta.url)
    .href;
  const script = `
    import { joinSentinel } from '${module}';
    joinSentinel('${folder}', ${JSON.stringify(destination)}).begin({});
    console.log('begun');`;

  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script],
    {
      timeout: 10_000,
    },
  );

  expect(stdout).toBe('begun\n');
});

interface Message {
  readonly kind: string;
  readonly run?: number;
}

async function listen(
  hear: (message: Message, tell: (answer: object) => void, write: (text: string) => void) => void,
) {
  const folder = temporaryFolder();
  const heard: Message[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const write = (text: string): void => void socket.write(text);
    createInterface(socket).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      heard.push(message);
      hear(message, (answer) => write(`${JSON.stringify(answer)}\n`), write);
    });
  });
  server.listen(join(folder, 'sentinel.sock'));
  await once(server, 'listening');
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    end();
    server.close();
  });
  return {
    folder,
    heard,
    end,
    tellAll(answer: object) {
      for (const socket of sockets) socket.write(`${JSON.stringify(answer)}\n`);
    },
  };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'link-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

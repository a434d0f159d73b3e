import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const module = new URL(
  '../../../src/delivery/execution-environment/on-shutdown.ts',
  import.meta.url,
).href;

test('it finishes, and the process ends as the signal would have ended it', async () => {
  const { output, end } = await terminated(`
    onShutdown({ async finish() { await wait(20); console.log('finished'); }, lastWords() { console.log('last words'); } });
  `);

  expect(output).toBe('finished\n');
  expect(end).toEqual([null, 'SIGTERM']);
});

test('whoever else listens decides how it ends', async () => {
  const { output, end } = await terminated(`
    process.on('SIGTERM', () => setTimeout(() => process.exit(7), 100));
    onShutdown({ async finish() { await wait(20); console.log('finished'); }, lastWords() { console.log('last words'); } });
  `);

  expect(output).toBe('finished\n');
  expect(end).toEqual([7, null]);
});

test.each(['before', 'after'])('so does who listens once, from %s it on', async (place) => {
  const listen = `process.once('SIGTERM', async () => {
    await wait(150);
    console.log('closed');
    process.exit(7);
  });`;
  const { output, end } = await terminated(`
    ${place === 'before' ? listen : ''}
    onShutdown({ finish: async () => console.log('finished'), lastWords() {} });
    ${place === 'after' ? listen : ''}
  `);

  expect(output).toBe('finished\nclosed\n');
  expect(end).toEqual([7, null]);
});

test('a second signal meanwhile ends nothing early', async () => {
  const { output, end } = await terminated(`
    let isSecond = false;
    onShutdown({
      async finish() {
        if (isSecond) return;
        isSecond = true;
        process.kill(process.pid, 'SIGTERM');
        await wait(50);
        console.log('finished');
      },
      lastWords() { console.log('last words'); },
    });
  `);

  expect(output).toBe('finished\n');
  expect(end).toEqual([null, 'SIGTERM']);
});

test('all finish, however many, and Node warns of no leak', async () => {
  const { output, end } = await terminated(`
    for (let n = 1; n <= 12; n += 1) {
      onShutdown({ async finish(deadline) { await wait(n); console.log(deadline > performance.now()); }, lastWords() { console.log('last words'); } });
    }
  `);

  expect(output).toBe('true\n'.repeat(12));
  expect(end).toEqual([null, 'SIGTERM']);
});

test('what a listener that exits cuts off gets a last word', async () => {
  const { output, end } = await terminated(`
    process.on('SIGTERM', () => process.exit(7));
    onShutdown({ finish: () => wait(1_000), lastWords() { console.log('last words'); } });
  `);

  expect(output).toBe('last words\n');
  expect(end).toEqual([7, null]);
});

/** What a process writes that is told to end, and how it ends. */
async function terminated(code: string): Promise<{ output: string; end: unknown[] }> {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { setTimeout as wait } from 'node:timers/promises';
     const { onShutdown } = await import(${JSON.stringify(module)});
     setInterval(() => {}, 1_000);
     ${code}
     process.stderr.write('ready');`,
  ]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
    if (errors.endsWith('ready')) child.kill('SIGTERM');
  });
  const end = await once(child, 'close');
  expect(errors).toBe('ready');
  return { output, end };
}

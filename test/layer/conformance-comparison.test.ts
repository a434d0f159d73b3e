/** What the conformance suite would notice. */
import { expect, onTestFinished, test } from 'vitest';
import { deploy, type Observation, observe } from './observe-shape.ts';
import { answers, esModule, type Shape } from './shapes/shape.ts';
import { withoutRuntimeFrames } from './without-runtime-frames.ts';

const plain = "console.log('asked'); export const handler = async () => 'fine';";

test('the same function twice: nothing differs', async () => {
  const [once, again] = await Promise.all([observation(plain), observation(plain)]);

  expect(again).toEqual(once);
});

test.each([
  ['a byte of the answer', plain, plain.replace('fine', 'Fine')],
  ['a line at load', plain, plain.replace('asked', 'Asked')],
  ['one more line', plain, `${plain} process.stdout.write('more\\n');`],
  [
    'a line in the handler',
    plain,
    plain.replace("=> 'fine'", "=> { console.log(1); return 'fine'; }"),
  ],
  ['an error for an answer', plain, plain.replace("'fine'", "{ throw new Error('not fine'); }")],
  ['a name in the stack', throwing('ask'), throwing('say')],
  ['one frame more', throwing('ask'), throwing('ask', '(() => { throw new Error("no"); })();')],
  [
    'a field in the log',
    throwing('ask'),
    throwing('ask', 'throw Object.assign(new Error("no"), { code: 1 });'),
  ],
  ['a stream', plain, streamed('fine')],
  ['a byte of a stream', streamed('fine'), streamed('Fine')],
  ['the exit code', exiting(3), exiting(4)],
])('%s', async (_, source, changed) => {
  const [before, after] = await Promise.all([observation(source), observation(changed)]);

  expect(after).not.toEqual(before);
});

test("of a module that does not load all but the runtime's own frames counts", async () => {
  const [before, same, after] = await Promise.all([
    observation("throw new Error('at load');"),
    observation("throw new Error('at load');"),
    observation("const load = () => { throw new Error('at load'); }; load();"),
  ]);

  expect(JSON.stringify(before)).toContain('aws-lambda-ric');
  expect(JSON.stringify(withoutRuntimeFrames(before))).not.toMatch(/at [^"]*aws-lambda-ric/);
  expect(withoutRuntimeFrames(same)).toEqual(withoutRuntimeFrames(before));
  expect(withoutRuntimeFrames(after)).not.toEqual(withoutRuntimeFrames(before));
});

function throwing(name: string, statement = 'throw new Error("no");'): string {
  return `async function ${name}() { ${statement} } export { ${name} as handler };`;
}

function streamed(text: string): string {
  return `export const handler = awslambda.streamifyResponse(async (event, stream) => { stream.end('${text}'); });`;
}

function exiting(code: number): string {
  return `export const handler = async () => process.exit(${code});`;
}

/** Folders differ, as everything else does that no two starts have in common. */
async function observation(source: string): Promise<Observation> {
  const shape: Shape = esModule('changed', source, answers());
  const deployed = await deploy(shape);
  onTestFinished(() => deployed[Symbol.asyncDispose]());
  const { taskRoot } = deployed;
  const seen = await observe(shape, 'nodejs24.x', ['the-request'], { taskRoot });
  return JSON.parse(JSON.stringify(seen.observation).replaceAll(taskRoot, '/var/task'));
}

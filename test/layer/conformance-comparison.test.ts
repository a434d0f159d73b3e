/** Differences that the conformance suite detects. */
import { expect, onTestFinished, test } from 'vitest';
import { deploy, type Observation, observe } from './observe-shape.ts';
import { answers, esModule, type Shape } from './shapes/shape.ts';
import { withoutRuntimeFrames } from './without-runtime-frames.ts';

const plain = "console.log('asked'); export const handler = async () => 'fine';";

test('two observations of the same function are equal', async () => {
  const [once, again] = await Promise.all([observation(plain), observation(plain)]);

  expect(again).toEqual(once);
});

test.each([
  ['a byte of the response', plain, plain.replace('fine', 'Fine')],
  ['a line at load', plain, plain.replace('asked', 'Asked')],
  ['one more line', plain, `${plain} process.stdout.write('more\\n');`],
  [
    'a line in the handler',
    plain,
    plain.replace("=> 'fine'", "=> { console.log(1); return 'fine'; }"),
  ],
  [
    'an error instead of a response',
    plain,
    plain.replace("'fine'", "{ throw new Error('not fine'); }"),
  ],
  ['a name in the stack', throwing('ask'), throwing('say')],
  [
    'an additional frame',
    throwing('ask'),
    throwing('ask', '(() => { throw new Error("no"); })();'),
  ],
  [
    'a field in the log',
    throwing('ask'),
    throwing('ask', 'throw Object.assign(new Error("no"), { code: 1 });'),
  ],
  ['a stream', plain, streamed('fine')],
  ['a byte of a stream', streamed('fine'), streamed('Fine')],
  ['the exit code', exiting(3), exiting(4)],
])('a different function is detected: %s', async (_, source, changed) => {
  const [before, after] = await Promise.all([observation(source), observation(changed)]);

  expect(after).not.toEqual(before);
});

test("load errors are compared without the runtime's own frames", async () => {
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

/** Observations use the same folder name, so that they can be compared. */
async function observation(source: string): Promise<Observation> {
  const shape: Shape = esModule('changed', source, answers());
  const deployed = await deploy(shape);
  onTestFinished(() => deployed[Symbol.asyncDispose]());
  const { taskRoot } = deployed;
  const seen = await observe(shape, 'nodejs24.x', ['the-request'], { taskRoot });
  return JSON.parse(JSON.stringify(seen.observation).replaceAll(taskRoot, '/var/task'));
}

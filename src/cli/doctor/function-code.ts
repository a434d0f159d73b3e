/** Looks into a function's code for this package, which reports from there without the layer. */
import { unzipSync } from 'fflate';
import { type Answer, type AwsAccess, ask } from './aws-access.ts';
import type { DeployedFunction } from './deployed-function.ts';

// Each line of the log begins with it: no minifier changes it, and nobody else writes it.
const mark = '[xpander-lambda]';
const mostBytesToLoad = 60_000_000;
const loadMs = 60_000;

/** Whether the code holds this package, installed or bundled. */
export async function isInCode(aws: AwsAccess, fn: DeployedFunction): Promise<Answer<boolean>> {
  const { sdk, client } = await aws.lambda();
  const answer = await ask('lambda:GetFunction', () =>
    client.send(new sdk.GetFunctionCommand({ FunctionName: fn.arn })),
  );
  if (answer.kind !== 'answer') return answer;
  const { Code, Configuration } = answer.value;
  const bytes = Configuration?.CodeSize ?? 0;
  if (bytes > mostBytesToLoad) {
    return { kind: 'failed', reason: `the code has ${Math.round(bytes / 1e6)} MB` };
  }
  try {
    const signal = AbortSignal.timeout(loadMs);
    const response = await fetch(Code?.Location ?? '', { signal });
    if (!response.ok) return { kind: 'failed', reason: `its code answers ${response.status}` };
    return { kind: 'answer', value: holdsMark(new Uint8Array(await response.arrayBuffer())) };
  } catch {
    return { kind: 'failed', reason: 'its code could not be loaded' };
  }
}

function holdsMark(zip: Uint8Array): boolean {
  const texts = unzipSync(zip, { filter: ({ name }) => /\.[cm]?[jt]s$/.test(name) });
  return Object.values(texts).some((bytes) => Buffer.from(bytes).includes(mark));
}

/** Checks whether a function's code includes this package. */
import { unzipSync } from 'fflate';
import { type AwsClients, type AwsResult, callAws } from './aws-clients.ts';
import type { DeployedFunction } from './deployed-function.ts';

// The prefix of every log line is unique to this package and survives minification.
const logMarker = '[xpander-lambda]';
const maxDownloadBytes = 60_000_000;
const downloadTimeoutMs = 60_000;

/** Whether the code includes this package, installed or bundled. */
export async function containsPackage(
  aws: AwsClients,
  fn: DeployedFunction,
): Promise<AwsResult<boolean>> {
  const { sdk, client } = await aws.lambda();
  const response = await callAws('lambda:GetFunction', () =>
    client.send(new sdk.GetFunctionCommand({ FunctionName: fn.arn })),
  );
  if (response.kind !== 'found') return response;
  const { Code, Configuration } = response.value;
  const bytes = Configuration?.CodeSize ?? 0;
  if (bytes > maxDownloadBytes) {
    return { kind: 'failed', reason: `the code has ${Math.round(bytes / 1e6)} MB` };
  }
  try {
    const signal = AbortSignal.timeout(downloadTimeoutMs);
    const download = await fetch(Code?.Location ?? '', { signal });
    if (!download.ok) {
      return { kind: 'failed', reason: `the download of its code failed with ${download.status}` };
    }
    return {
      kind: 'found',
      value: containsLogMarker(new Uint8Array(await download.arrayBuffer())),
    };
  } catch {
    return { kind: 'failed', reason: 'its code could not be downloaded' };
  }
}

function containsLogMarker(zip: Uint8Array): boolean {
  const files = unzipSync(zip, { filter: ({ name }) => /\.[cm]?[jt]s$/.test(name) });
  return Object.values(files).some((bytes) => Buffer.from(bytes).includes(logMarker));
}

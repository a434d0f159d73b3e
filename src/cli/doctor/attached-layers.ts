/** Identifies the layers of this package among the layers of a function, by their content. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GetLayerVersionResponse } from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { type AwsClients, callAws } from './aws-clients.ts';
import type { DeployedFunction } from './deployed-function.ts';

/** A version of the reporter or sentinel layer. */
export interface AttachedLayer {
  readonly arn: string;
  /** ARN of the layer without its version. */
  readonly layerArn: string;
  readonly version: number;
  /** Whether it equals the layer in this package; undefined if this package has no layers. */
  readonly isOfThisPackage: boolean | undefined;
  /** The newest version of the layer; undefined if unknown. */
  readonly newestVersion: number | undefined;
}

export interface AttachedLayers {
  readonly reporter: AttachedLayer | undefined;
  readonly sentinel: AttachedLayer | undefined;
  /** Layers whose content could not be read. */
  readonly unreadable: readonly { readonly arn: string; readonly reason: string }[];
}

type LayerKind = 'reporter' | 'sentinel';

const layerKinds: readonly LayerKind[] = ['reporter', 'sentinel'];

/** A file that only this layer contains. */
const identifyingFiles: Readonly<Record<LayerKind, string>> = {
  reporter: 'xpander-lambda/exec-wrapper',
  sentinel: 'extensions/xpander-sentinel',
};
// Our layers have about 250 KB each. Much larger layers are combined from several and are skipped.
const maxDownloadBytes = 20_000_000;
const downloadTimeoutMs = 30_000;

export async function readLayers(aws: AwsClients, fn: DeployedFunction): Promise<AttachedLayers> {
  const found: Partial<Record<LayerKind, AttachedLayer>> = {};
  const unreadable: { arn: string; reason: string }[] = [];
  for (const arn of fn.layers) {
    const layer = await readLayer(aws, arn);
    if ('reason' in layer) unreadable.push({ arn, reason: layer.reason });
    else
      for (const kind of layer.kinds)
        found[kind] ??= await describeLayer(aws, arn, kind, layer.sha256);
  }
  return { reporter: found.reporter, sentinel: found.sentinel, unreadable };
}

/** The path of a layer's zip in this package. */
export function layerZipPath(kind: LayerKind): string {
  const root = dirname(fileURLToPath(import.meta.resolve('xpander-lambda/package.json')));
  return join(root, 'layer', 'dist', `${kind}.zip`);
}

type LayerContent = { readonly kinds: readonly LayerKind[]; readonly sha256: string | undefined };

async function readLayer(
  aws: AwsClients,
  arn: string,
): Promise<LayerContent | { readonly reason: string }> {
  const { layerArn, version } = parseLayerArn(arn);
  const { sdk, client } = await aws.lambda();
  const response = await callAws('lambda:GetLayerVersion', () =>
    client.send(new sdk.GetLayerVersionCommand({ LayerName: layerArn, VersionNumber: version })),
  );
  if (response.kind === 'failed') return { reason: response.reason };
  // Functions keep a deleted version, but it can no longer be downloaded.
  if (response.kind === 'missing') return { reason: 'this version was deleted' };
  const { Content } = response.value;
  const kind = kindWithHash(Content?.CodeSha256);
  if (kind !== undefined) return { kinds: [kind], sha256: Content?.CodeSha256 };
  const kinds = await downloadKinds(Content);
  return kinds === undefined
    ? { reason: 'its content could not be downloaded' }
    : { kinds, sha256: Content?.CodeSha256 };
}

/** Which of our layers the content includes; undefined if it cannot be downloaded. */
async function downloadKinds(
  content: GetLayerVersionResponse['Content'],
): Promise<LayerKind[] | undefined> {
  if ((content?.CodeSize ?? 0) > maxDownloadBytes) return [];
  try {
    const signal = AbortSignal.timeout(downloadTimeoutMs);
    const response = await fetch(content?.Location ?? '', { signal });
    if (!response.ok) return undefined;
    const names = fileNames(new Uint8Array(await response.arrayBuffer()));
    return layerKinds.filter((kind) => names.includes(identifyingFiles[kind]));
  } catch {
    return undefined;
  }
}

function fileNames(zip: Uint8Array): string[] {
  const names: string[] = [];
  unzipSync(zip, {
    filter: ({ name }) => {
      names.push(name);
      return false;
    },
  });
  return names;
}

async function describeLayer(
  aws: AwsClients,
  arn: string,
  kind: LayerKind,
  sha256: string | undefined,
): Promise<AttachedLayer> {
  const { layerArn, version } = parseLayerArn(arn);
  const packaged = packagedHash(kind);
  return {
    arn,
    layerArn,
    version,
    isOfThisPackage: packaged === undefined ? undefined : packaged === sha256,
    newestVersion: await newestVersion(aws, layerArn),
  };
}

/** The newest version of a layer by name or ARN; undefined if none is visible. */
export async function newestVersion(aws: AwsClients, layer: string): Promise<number | undefined> {
  const { sdk, client } = await aws.lambda();
  const response = await callAws('lambda:ListLayerVersions', () =>
    client.send(new sdk.ListLayerVersionsCommand({ LayerName: layer })),
  );
  if (response.kind !== 'found') return undefined;
  const versions = (response.value.LayerVersions ?? []).flatMap(({ Version }) => Version ?? []);
  return versions.length === 0 ? undefined : Math.max(...versions);
}

function kindWithHash(sha256: string | undefined): LayerKind | undefined {
  return layerKinds.find((kind) => sha256 !== undefined && packagedHash(kind) === sha256);
}

function packagedHash(kind: LayerKind): string | undefined {
  const zip = layerZipPath(kind);
  if (!existsSync(zip)) return undefined;
  return createHash('sha256').update(readFileSync(zip)).digest('base64');
}

function parseLayerArn(arn: string): { layerArn: string; version: number } {
  const at = arn.lastIndexOf(':');
  return { layerArn: arn.slice(0, at), version: Number(arn.slice(at + 1)) };
}

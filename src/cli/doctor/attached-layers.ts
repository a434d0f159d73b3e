/** Finds out which of a function's layers are ours, by what is in them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GetLayerVersionResponse } from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { type AwsAccess, ask } from './aws-access.ts';
import type { DeployedFunction } from './deployed-function.ts';

/** A layer of ours. */
export interface AttachedLayer {
  readonly arn: string;
  /** Of the layer, without its version. */
  readonly layerArn: string;
  readonly version: number;
  /** Whether it is the one that this package brings; undefined: this package brings none. */
  readonly isOfThisPackage: boolean | undefined;
  /** The newest version of this layer; undefined: it could not be found out. */
  readonly newestVersion: number | undefined;
}

export interface AttachedLayers {
  readonly reporter: AttachedLayer | undefined;
  readonly sentinel: AttachedLayer | undefined;
  /** Layers of which it is not known what is in them, and why. */
  readonly unread: readonly { readonly arn: string; readonly reason: string }[];
}

type Kind = 'reporter' | 'sentinel';

const files: Readonly<Record<Kind, string>> = {
  reporter: 'xpander-lambda/exec-wrapper',
  sentinel: 'extensions/xpander-sentinel',
};
// Ours have a quarter of a megabyte each; one with far more was made of several.
const mostBytesToLoad = 20_000_000;
const loadMs = 30_000;

export async function readLayers(aws: AwsAccess, fn: DeployedFunction): Promise<AttachedLayers> {
  const found: Partial<Record<Kind, AttachedLayer>> = {};
  const unread: { arn: string; reason: string }[] = [];
  for (const arn of fn.layers) {
    const layer = await readLayer(aws, arn);
    if ('reason' in layer) unread.push({ arn, reason: layer.reason });
    else
      for (const kind of layer.kinds) found[kind] ??= await describe(aws, arn, kind, layer.sha256);
  }
  return { reporter: found.reporter, sentinel: found.sentinel, unread };
}

/** Where this package has a layer's zip, for publishing it. */
export function zipOf(kind: Kind): string {
  const root = dirname(fileURLToPath(import.meta.resolve('xpander-lambda/package.json')));
  return join(root, 'layer', 'dist', `${kind}.zip`);
}

type ReadLayer = { readonly kinds: readonly Kind[]; readonly sha256: string | undefined };

async function readLayer(
  aws: AwsAccess,
  arn: string,
): Promise<ReadLayer | { readonly reason: string }> {
  const { layerArn, version } = partsOf(arn);
  const { sdk, client } = await aws.lambda();
  const answer = await ask('lambda:GetLayerVersion', () =>
    client.send(new sdk.GetLayerVersionCommand({ LayerName: layerArn, VersionNumber: version })),
  );
  if (answer.kind === 'failed') return { reason: answer.reason };
  // Lambda keeps it for the functions that have it.
  if (answer.kind === 'missing') return { reason: 'this version was deleted' };
  const { Content } = answer.value;
  const known = kindWithHash(Content?.CodeSha256);
  if (known !== undefined) return { kinds: [known], sha256: Content?.CodeSha256 };
  const kinds = await kindsIn(Content);
  return kinds === undefined
    ? { reason: 'its content could not be loaded' }
    : { kinds, sha256: Content?.CodeSha256 };
}

async function kindsIn(content: GetLayerVersionResponse['Content']): Promise<Kind[] | undefined> {
  if ((content?.CodeSize ?? 0) > mostBytesToLoad) return [];
  try {
    const signal = AbortSignal.timeout(loadMs);
    const response = await fetch(content?.Location ?? '', { signal });
    if (!response.ok) return undefined;
    const names = namesIn(new Uint8Array(await response.arrayBuffer()));
    return kindsOf().filter((kind) => names.includes(files[kind]));
  } catch {
    return undefined;
  }
}

function namesIn(zip: Uint8Array): string[] {
  const names: string[] = [];
  unzipSync(zip, {
    filter: ({ name }) => {
      names.push(name);
      return false;
    },
  });
  return names;
}

async function describe(
  aws: AwsAccess,
  arn: string,
  kind: Kind,
  sha256: string | undefined,
): Promise<AttachedLayer> {
  const { layerArn, version } = partsOf(arn);
  const own = ownHash(kind);
  return {
    arn,
    layerArn,
    version,
    isOfThisPackage: own === undefined ? undefined : own === sha256,
    newestVersion: await newestVersion(aws, layerArn),
  };
}

/** The newest version of a layer, by name or ARN; undefined where none can be seen. */
export async function newestVersion(aws: AwsAccess, layer: string): Promise<number | undefined> {
  const { sdk, client } = await aws.lambda();
  const answer = await ask('lambda:ListLayerVersions', () =>
    client.send(new sdk.ListLayerVersionsCommand({ LayerName: layer })),
  );
  if (answer.kind !== 'answer') return undefined;
  const versions = (answer.value.LayerVersions ?? []).flatMap(({ Version }) => Version ?? []);
  return versions.length === 0 ? undefined : Math.max(...versions);
}

function kindWithHash(sha256: string | undefined): Kind | undefined {
  return kindsOf().find((kind) => sha256 !== undefined && ownHash(kind) === sha256);
}

function ownHash(kind: Kind): string | undefined {
  const zip = zipOf(kind);
  if (!existsSync(zip)) return undefined;
  return createHash('sha256').update(readFileSync(zip)).digest('base64');
}

function kindsOf(): Kind[] {
  return ['reporter', 'sentinel'];
}

function partsOf(arn: string): { layerArn: string; version: number } {
  const at = arn.lastIndexOf(':');
  return { layerArn: arn.slice(0, at), version: Number(arn.slice(at + 1)) };
}

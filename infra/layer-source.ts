import {
  Arn,
  ArnFormat,
  CfnDynamicReference,
  CfnDynamicReferenceService,
  Stack,
  Token,
} from 'aws-cdk-lib';
import {
  CfnLayerVersion,
  Code,
  type ILayerVersion,
  type Function as LambdaFunction,
  LayerVersion,
} from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type LayerName, layerDescriptions, layerZip } from './layer-zip.ts';

/**
 * A published layer: the ARN of its version, or the name of an SSM parameter in the function's region
 * that contains this ARN.
 */
export type LayerSource = { readonly arn: string } | { readonly ssmParameter: string };

/** The runtimes that the layers support. */
export const layerRuntimes: readonly string[] = ['nodejs22.x', 'nodejs24.x'];

const architectures = ['x86_64', 'arm64'];
const constructIds: Readonly<Record<LayerName, string>> = {
  reporter: 'Reporter',
  sentinel: 'Sentinel',
};
const containerId = 'XpanderLambdaLayers';

/**
 * The layer for a function: the published one, or a layer with the files of this package, which all
 * functions of a stack share.
 *
 * @throws Error if this package contains no built layers
 */
export function layerFor(
  fn: LambdaFunction,
  name: LayerName,
  source: LayerSource | undefined,
): ILayerVersion {
  if (source === undefined) return bundledLayer(Stack.of(fn), name);
  const layerVersionArn = 'arn' in source ? source.arn : parameterValue(fn, source.ssmParameter);
  // Without compatible runtimes: CDK compares them by name, which is a token for NODEJS_LATEST.
  return LayerVersion.fromLayerVersionAttributes(fn, `Xpander${constructIds[name]}Layer`, {
    layerVersionArn,
  });
}

/**
 * @param where - the option's name for the message, for instance `TaskReporting 'A/B': layer`
 * @throws Error if the value is not a layer source
 */
export function checkLayerSource(source: unknown, where: string): void {
  const { arn, ssmParameter } = Object(source);
  if ((arn === undefined) === (ssmParameter === undefined)) {
    throw new Error(
      `${where} must be { arn: '…' }, the ARN of a published layer version, or { ssmParameter: '…' }, the name of a parameter that contains it. Remove it to use the layer of this package.`,
    );
  }
  const given: unknown = arn ?? ssmParameter;
  if (typeof given !== 'string' || given.trim() === '') {
    throw new Error(`${where}: ${arn === undefined ? 'ssmParameter' : 'arn'} must be a text.`);
  }
  if (arn === undefined || Token.isUnresolved(given)) return;
  if (!/^arn:[^:]+:lambda:[^:]+:[^:]+:layer:[^:]+:[^:]+$/.test(given)) {
    throw new Error(
      `${where}: '${given}' is not the ARN of a layer version. It looks like arn:aws:lambda:eu-central-1:123456789012:layer:xpander-lambda:1.`,
    );
  }
}

/** Why a function cannot have a published layer of another region; undefined if the regions match. */
export function regionMismatch(
  fn: LambdaFunction,
  source: LayerSource | undefined,
): string | undefined {
  if (source === undefined || !('arn' in source) || Token.isUnresolved(source.arn))
    return undefined;
  const { region } = Arn.split(source.arn, ArnFormat.COLON_RESOURCE_NAME);
  const own = Stack.of(fn).region;
  if (region === undefined || Token.isUnresolved(own) || region === own) return undefined;
  return `the layer ${source.arn} is in ${region}, but the function is in ${own}. Publish the layer in ${own} and use its ARN, or remove 'layer' to use the layer of this package.`;
}

function bundledLayer(stack: Stack, name: LayerName): ILayerVersion {
  const container = stack.node.tryFindChild(containerId) ?? new Construct(stack, containerId);
  const existing = container.node.tryFindChild(constructIds[name]);
  if (existing instanceof LayerVersion) return existing;
  const layer = new LayerVersion(container, constructIds[name], {
    code: Code.fromAsset(layerZip(name)),
    description: layerDescriptions[name],
  });
  const resource = layer.node.defaultChild;
  if (resource instanceof CfnLayerVersion) {
    // Not set as properties of the construct, because CDK compares the runtimes by name.
    resource.compatibleRuntimes = [...layerRuntimes];
    resource.compatibleArchitectures = architectures;
  }
  return layer;
}

function parameterValue(fn: LambdaFunction, name: string): string {
  return Token.isUnresolved(name)
    ? new CfnDynamicReference(CfnDynamicReferenceService.SSM, name).toString()
    : StringParameter.valueForStringParameter(fn, name);
}

/** Publishes both layers and their ARNs, as outputs and SSM parameters. */

import { CfnDeletionPolicy, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  Architecture,
  CfnLayerVersionPermission,
  Code,
  LayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { LayerSettings, LayerUser } from './app-settings.ts';
import { layerDescriptions, layerZip } from './layer-zip.ts';

const layers = {
  Reporter: { zip: 'reporter', layerName: 'xpander-lambda' },
  Sentinel: { zip: 'sentinel', layerName: 'xpander-lambda-sentinel' },
} as const;

type LayerId = keyof typeof layers;

export class LayerStack extends Stack {
  constructor(scope: Construct, id: string, settings: LayerSettings) {
    super(scope, id, { description: 'The Lambda layers of xpander-lambda' });
    this.publish('Reporter', settings);
    this.publish('Sentinel', settings);
  }

  private publish(id: LayerId, { sharedWith, parameterPrefix }: LayerSettings): void {
    const { zip, layerName } = layers[id];
    const layer = new LayerVersion(this, id, {
      layerVersionName: layerName,
      description: layerDescriptions[zip],
      license: 'MIT',
      code: Code.fromAsset(layerZip(zip)),
      compatibleRuntimes: [Runtime.NODEJS_24_X, Runtime.NODEJS_22_X],
      compatibleArchitectures: [Architecture.X86_64, Architecture.ARM_64],
      // Functions that use an older version could not be updated if it were deleted.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const user of sharedWith) share(layer, user);
    const parameter = new StringParameter(this, `${id}Arn`, {
      parameterName: `${parameterPrefix}/${zip}-layer-arn`,
      stringValue: layer.layerVersionArn,
      description: `ARN of the newest ${layerName} layer`,
    });
    new CfnOutput(this, `${id}LayerArn`, { value: layer.layerVersionArn });
    new CfnOutput(this, `${id}LayerParameter`, { value: parameter.parameterName });
  }
}

function share(layer: LayerVersion, user: LayerUser): void {
  const { name, principal, organizationId } = grantee(user);
  const permission = new CfnLayerVersionPermission(layer, `For${name}`, {
    layerVersionArn: layer.layerVersionArn,
    action: 'lambda:GetLayerVersion',
    principal,
    ...(organizationId !== undefined && { organizationId }),
  });
  // A new layer version replaces the permission, and older versions must stay shared.
  permission.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  permission.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
}

/** The construct id contains the user, so that a change of users replaces the permission. */
function grantee(user: LayerUser): { name: string; principal: string; organizationId?: string } {
  switch (user.kind) {
    case 'everyone':
      return { name: 'Everyone', principal: '*' };
    case 'organization':
      return { name: user.organizationId, principal: '*', organizationId: user.organizationId };
    case 'account':
      return { name: user.accountId, principal: user.accountId };
  }
}

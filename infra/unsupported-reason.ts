import { AssetStaging, Stack, Token } from 'aws-cdk-lib';
import { type Function as LambdaFunction, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { layerRuntimes } from './layer-source.ts';

/** Why a function cannot be reported, and what to do about it. */
export interface Obstacle {
  readonly kind: 'image' | 'language' | 'node-version' | 'edge';
  readonly message: string;
}

const supported = layerRuntimes.join(' or ');

/** What stands in the way of a layer in a function; undefined if nothing does. */
export function obstacleOf(fn: LambdaFunction): Obstacle | undefined {
  const path = fn.node.path;
  if (fn.runtime === Runtime.FROM_IMAGE) {
    return {
      kind: 'image',
      message: `${path} is a container image, which takes no layers. Copy the layer into the image: 'COPY node_modules/xpander-lambda/layer/dist/reporter/ /opt/' and 'ENV AWS_LAMBDA_EXEC_WRAPPER=/opt/xpander-lambda/exec-wrapper' in its Dockerfile; give it the variables, and its role access to the secret.`,
    };
  }
  if (fn.runtime.family !== RuntimeFamily.NODEJS) {
    return {
      kind: 'language',
      message: `${path} runs on ${fn.runtime.name}, and the layer is for Node.js (${supported}). Leave it out.`,
    };
  }
  if (!isSupported(fn.runtime.name)) {
    return {
      kind: 'node-version',
      message: `${path} runs on ${fn.runtime.name}, which the layer does not support. Give it the runtime ${supported}.`,
    };
  }
  if (isAtEdge(fn)) {
    return {
      kind: 'edge',
      message: `${path} runs at the edge (Lambda@Edge), where there are neither layers nor environment variables. Leave it out, and report it from its code.`,
    };
  }
  return undefined;
}

/** Whether the layer is for a runtime. A name that CloudFormation looks up is one of its newest. */
export function isSupported(runtime: unknown): boolean {
  return (
    typeof runtime !== 'string' || Token.isUnresolved(runtime) || layerRuntimes.includes(runtime)
  );
}

/** Whether the function is a part of CDK, such as the provider of a custom resource. */
export function belongsToCdk(fn: LambdaFunction): boolean {
  const staging = fn.node.tryFindChild('Code')?.node.tryFindChild('Stage');
  return (
    staging instanceof AssetStaging &&
    /[\\/]node_modules[\\/](aws-cdk-lib|@aws-cdk[\\/][^\\/]+)[\\/]/.test(staging.sourcePath)
  );
}

/** CloudFront's constructs let their service assume the role of each function that they use. */
function isAtEdge(fn: LambdaFunction): boolean {
  const policy: unknown = Object(fn.role).assumeRolePolicy;
  return (
    policy !== undefined &&
    JSON.stringify(Stack.of(fn).resolve(policy)).includes('edgelambda.amazonaws.com')
  );
}

import { AssetStaging, Stack, Token } from 'aws-cdk-lib';
import { type Function as LambdaFunction, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { layerRuntimes } from './layer-source.ts';

/** Why a function cannot have the layer, with a message that says what to do. */
export interface UnsupportedReason {
  readonly kind: 'image' | 'language' | 'node-version' | 'edge';
  readonly message: string;
}

const supported = layerRuntimes.join(' or ');

/** Undefined if the function supports the layer. */
export function unsupportedReasonOf(fn: LambdaFunction): UnsupportedReason | undefined {
  const path = fn.node.path;
  if (fn.runtime === Runtime.FROM_IMAGE) {
    return {
      kind: 'image',
      message: `${path} is a container image, which cannot have layers. Copy the layer into the image: 'COPY node_modules/xpander-lambda/layer/dist/reporter/ /opt/' and 'ENV AWS_LAMBDA_EXEC_WRAPPER=/opt/xpander-lambda/exec-wrapper' in its Dockerfile. Set the variables, and allow its role to read the secret.`,
    };
  }
  if (fn.runtime.family !== RuntimeFamily.NODEJS) {
    return {
      kind: 'language',
      message: `${path} runs on ${fn.runtime.name}, but the layer is for Node.js (${supported}). Exclude the function.`,
    };
  }
  if (!isSupported(fn.runtime.name)) {
    return {
      kind: 'node-version',
      message: `${path} runs on ${fn.runtime.name}, which the layer does not support. Use the runtime ${supported}.`,
    };
  }
  if (isAtEdge(fn)) {
    return {
      kind: 'edge',
      message: `${path} is a Lambda@Edge function, which can have neither layers nor environment variables. Exclude it and report from its code.`,
    };
  }
  return undefined;
}

/** Whether the layer supports a runtime. An unresolved name is the newest one of the region. */
export function isSupported(runtime: unknown): boolean {
  return (
    typeof runtime !== 'string' || Token.isUnresolved(runtime) || layerRuntimes.includes(runtime)
  );
}

/** Whether CDK itself provides the function's code, as for custom resources. */
export function isPartOfCdk(fn: LambdaFunction): boolean {
  const staging = fn.node.tryFindChild('Code')?.node.tryFindChild('Stage');
  return (
    staging instanceof AssetStaging &&
    /[\\/]node_modules[\\/](aws-cdk-lib|@aws-cdk[\\/][^\\/]+)[\\/]/.test(staging.sourcePath)
  );
}

/** CloudFront's constructs allow the edge service to assume the role of each function they use. */
function isAtEdge(fn: LambdaFunction): boolean {
  const policy: unknown = Object(fn.role).assumeRolePolicy;
  return (
    policy !== undefined &&
    JSON.stringify(Stack.of(fn).resolve(policy)).includes('edgelambda.amazonaws.com')
  );
}

/** Examines how a deployed function is reported: every check, in the order that a fix would take. */
import { newestVersion, readLayers } from './attached-layers.ts';
import { type AwsAccess, openAws } from './aws-access.ts';
import { checkReporterLayer, checkSentinelLayer, checkWrapper } from './check-attachment.ts';
import {
  checkArchitecture,
  checkMemory,
  checkNetwork,
  checkRuntime,
  checkTimeout,
} from './check-function-settings.ts';
import { checkLogging } from './check-logging.ts';
import { checkSecret } from './check-secret.ts';
import { budgetOf, checkVariables } from './check-variables.ts';
import {
  type DeployedFunction,
  readFunction,
  wrapperPath,
  wrapperVariable,
} from './deployed-function.ts';
import { type Examination, type Finding, ok, type Reporter, unknown, warning } from './finding.ts';
import { isInCode } from './function-code.ts';

const layerName = 'xpander-lambda';

/**
 * @param given - name, name with alias or version, or ARN
 * @param region - undefined: that of the ARN, else as the AWS CLI has it
 * @throws XpanderError when the function cannot be read
 */
export async function examineFunction(
  given: string,
  region: string | undefined,
): Promise<Examination> {
  const aws = openAws(region ?? /^arn:[^:]+:lambda:([^:]+):/.exec(given)?.[1]);
  const fn = await readFunction(aws, given);
  const { reportedBy, findings } = await examineAttachment(aws, fn);
  return {
    function: fn.name,
    functionArn: fn.arn,
    region: fn.region,
    reportedBy,
    findings: [
      checkRuntime(fn),
      checkArchitecture(fn),
      ...checkPublished(fn),
      ...findings,
      ...checkVariables(fn, reportedBy),
      ...(await checkSecret(aws, fn)),
      checkTimeout(fn, budgetOf(fn)),
      checkLogging(fn),
      ...checkNetwork(fn),
    ],
  };
}

async function examineAttachment(
  aws: AwsAccess,
  fn: DeployedFunction,
): Promise<{ reportedBy: Reporter; findings: Finding[] }> {
  if (fn.runtime === undefined) return { reportedBy: 'image', findings: [] };
  const layers = await readLayers(aws, fn);
  const hasWrapper = fn.variables[wrapperVariable] === wrapperPath;
  const ofLayer = async (): Promise<Finding[]> => [
    checkReporterLayer(fn, layers, layers.reporter ? undefined : await publishedLayer(aws, fn)),
    checkWrapper(fn),
    checkSentinelLayer(fn, layers),
    checkMemory(fn, layers),
  ];
  if (layers.reporter !== undefined || hasWrapper) {
    return { reportedBy: 'layer', findings: await ofLayer() };
  }
  const inCode = await isInCode(aws, fn);
  if (inCode.kind === 'answer' && inCode.value) {
    const message = 'xpander-lambda is in the code of the function, which needs no layer.';
    return { reportedBy: 'code', findings: [ok('code', message), checkMemory(fn, layers)] };
  }
  if (inCode.kind !== 'answer') {
    const reason = inCode.kind === 'failed' ? inCode.reason : 'it was not found';
    const message = `No layer is attached. Whether the code of the function has xpander-lambda in it: ${reason}.`;
    return { reportedBy: 'code', findings: [unknown('code', message), checkMemory(fn, layers)] };
  }
  return { reportedBy: 'nothing', findings: await ofLayer() };
}

/** A version of the layer in the function's account that it could have. */
async function publishedLayer(aws: AwsAccess, fn: DeployedFunction): Promise<string | undefined> {
  const version = await newestVersion(aws, layerName);
  const [, partition, , region, account] = fn.arn.split(':');
  return version === undefined
    ? undefined
    : `arn:${partition}:lambda:${region}:${account}:layer:${layerName}:${version}`;
}

function checkPublished({ version, name }: DeployedFunction): Finding[] {
  if (version === '$LATEST') return [];
  return [
    warning(
      'version',
      `This is version ${version} of ${name}, and published versions do not change. What is said here to put it right changes $LATEST: publish a version after that, and point the alias to it.`,
    ),
  ];
}

/** Runs all checks on a deployed function, in the order in which problems should be fixed. */
import { newestVersion, readLayers } from './attached-layers.ts';
import { type AwsClients, createAwsClients } from './aws-clients.ts';
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
import { checkVariables, deliveryBudgetMs } from './check-variables.ts';
import {
  type DeployedFunction,
  readFunction,
  wrapperPath,
  wrapperVariable,
} from './deployed-function.ts';
import { type Diagnosis, type Finding, ok, type ReportedBy, unknown, warning } from './finding.ts';
import { containsPackage } from './function-code.ts';

const layerName = 'xpander-lambda';

/**
 * @param functionName - name, name with alias or version, or ARN
 * @param region - undefined for the region of the ARN or the default region of the AWS CLI
 * @throws XpanderError if the function cannot be read
 */
export async function diagnoseFunction(
  functionName: string,
  region: string | undefined,
): Promise<Diagnosis> {
  const aws = createAwsClients(region ?? /^arn:[^:]+:lambda:([^:]+):/.exec(functionName)?.[1]);
  const fn = await readFunction(aws, functionName);
  const { reportedBy, findings } = await checkAttachment(aws, fn);
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
      checkTimeout(fn, deliveryBudgetMs(fn)),
      checkLogging(fn),
      ...checkNetwork(fn),
    ],
  };
}

/** Determines whether the layer or the code reports, and checks that way of attaching. */
async function checkAttachment(
  aws: AwsClients,
  fn: DeployedFunction,
): Promise<{ reportedBy: ReportedBy; findings: Finding[] }> {
  if (fn.runtime === undefined) return { reportedBy: 'image', findings: [] };
  const layers = await readLayers(aws, fn);
  const hasWrapper = fn.variables[wrapperVariable] === wrapperPath;
  const layerFindings = async (): Promise<Finding[]> => [
    checkReporterLayer(fn, layers, layers.reporter ? undefined : await publishedLayer(aws, fn)),
    checkWrapper(fn),
    checkSentinelLayer(fn, layers),
    checkMemory(fn, layers),
  ];
  if (layers.reporter !== undefined || hasWrapper) {
    return { reportedBy: 'layer', findings: await layerFindings() };
  }
  const inCode = await containsPackage(aws, fn);
  if (inCode.kind === 'found' && inCode.value) {
    const message = 'The code of the function includes xpander-lambda, so it needs no layer.';
    return { reportedBy: 'code', findings: [ok('code', message), checkMemory(fn, layers)] };
  }
  if (inCode.kind !== 'found') {
    const reason = inCode.kind === 'failed' ? inCode.reason : 'it was not found';
    const message = `No layer is attached. Could not check whether the code of the function includes xpander-lambda: ${reason}.`;
    return { reportedBy: 'code', findings: [unknown('code', message), checkMemory(fn, layers)] };
  }
  return { reportedBy: 'nothing', findings: await layerFindings() };
}

/** The newest version of the layer in the function's account. */
async function publishedLayer(aws: AwsClients, fn: DeployedFunction): Promise<string | undefined> {
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
      `This is version ${version} of ${name}, and published versions are immutable. The commands below change $LATEST. Publish a new version afterwards and update the alias.`,
    ),
  ];
}

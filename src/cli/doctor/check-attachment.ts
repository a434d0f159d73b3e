/** How a function is reported: the layer and the exec wrapper that starts it, or its own code. */
import { type AttachedLayer, type AttachedLayers, zipOf } from './attached-layers.ts';
import {
  type DeployedFunction,
  nextWrapperVariable,
  wrapperPath,
  wrapperVariable,
} from './deployed-function.ts';
import { type Finding, ok, problem, unknown, warning } from './finding.ts';
import { quoted, setVariables, updateFunction } from './fix-commands.ts';

const mostLayers = 5;

/** @param published - ARN of a version of the layer that the account has already */
export function checkReporterLayer(
  fn: DeployedFunction,
  { reporter, unread }: AttachedLayers,
  published: string | undefined,
): Finding {
  if (reporter !== undefined) return checkVersion('layer', fn, reporter);
  const [first] = unread;
  if (first !== undefined) {
    return unknown(
      'layer',
      `Whether the reporter layer is attached could not be checked: of ${first.arn} ${first.reason}.`,
    );
  }
  const broken =
    fn.variables[wrapperVariable] === wrapperPath
      ? `${wrapperVariable} names its exec wrapper, and without it the function does not start. `
      : '';
  if (fn.layers.length >= mostLayers) {
    return problem(
      'layer',
      `${broken}The reporter layer is not attached, and the function has ${mostLayers} layers already, the most that it can have. Take one away, or report from its code.`,
    );
  }
  return problem(
    'layer',
    `${broken}The reporter layer is not attached.`,
    ...(published === undefined ? [publishCommand(fn, 'reporter')] : []),
    attachCommand(fn, published ?? `arn:aws:lambda:${fn.region}:ACCOUNT:layer:xpander-lambda:1`),
  );
}

export function checkSentinelLayer(
  fn: DeployedFunction,
  { sentinel, unread }: AttachedLayers,
): Finding {
  if (sentinel !== undefined) return checkVersion('sentinel', fn, sentinel);
  if (unread.length > 0) {
    return unknown('sentinel', `Whether it is attached could not be checked, as for the layer.`);
  }
  return ok(
    'sentinel',
    'Not attached, and not needed. With it runs that die or time out are reported at once.',
  );
}

export function checkWrapper(fn: DeployedFunction): Finding {
  const wrapper = fn.variables[wrapperVariable] || undefined;
  const next = fn.variables[nextWrapperVariable] || undefined;
  if (wrapper === undefined) {
    return problem(
      'wrapper',
      `${wrapperVariable} is not set: without it the layer does nothing.`,
      setVariables(fn, { [wrapperVariable]: wrapperPath }),
    );
  }
  if (wrapper !== wrapperPath) {
    return problem(
      'wrapper',
      `${wrapperVariable} is '${wrapper}'. Ours has to come first, and starts that one.`,
      setVariables(fn, { [wrapperVariable]: wrapperPath, [nextWrapperVariable]: wrapper }),
    );
  }
  if (next === wrapperPath) {
    return warning(
      'wrapper',
      `${nextWrapperVariable} names the wrapper of this layer itself, which is left out.`,
      setVariables(fn, { [nextWrapperVariable]: undefined }),
    );
  }
  return ok('wrapper', next === undefined ? wrapperPath : `${wrapperPath}, which starts ${next}.`);
}

function checkVersion(check: string, fn: DeployedFunction, layer: AttachedLayer): Finding {
  const { arn, layerArn, version, newestVersion, isOfThisPackage } = layer;
  if (newestVersion !== undefined && newestVersion > version) {
    const layers = fn.layers.map((attached) =>
      attached === arn ? `${layerArn}:${newestVersion}` : attached,
    );
    return warning(
      check,
      `Version ${version} of ${layerArn} is attached; the newest is ${newestVersion}.`,
      updateFunction(fn, '--layers', ...layers.map(quoted)),
    );
  }
  const same =
    isOfThisPackage === undefined
      ? ''
      : isOfThisPackage
        ? ' It is the one of this version of xpander-lambda.'
        : ' It is from another version of xpander-lambda than this command.';
  return ok(check, `${arn} is attached.${same}`);
}

function publishCommand({ region }: DeployedFunction, kind: 'reporter' | 'sentinel'): string {
  return `aws lambda publish-layer-version --layer-name xpander-lambda --zip-file ${quoted(`fileb://${zipOf(kind)}`)} --compatible-runtimes nodejs24.x nodejs22.x --region ${region}`;
}

function attachCommand(fn: DeployedFunction, arn: string): string {
  return updateFunction(fn, '--layers', ...[...fn.layers, arn].map(quoted));
}

/** Checks the reporter layer, its exec wrapper and the sentinel layer. */
import { shellQuote } from '../shared/shell-quote.ts';
import { type AttachedLayer, type AttachedLayers, layerZipPath } from './attached-layers.ts';
import {
  type DeployedFunction,
  nextWrapperVariable,
  wrapperPath,
  wrapperVariable,
} from './deployed-function.ts';
import { type Finding, ok, problem, unknown, warning } from './finding.ts';
import { setVariables, updateFunction } from './fix-commands.ts';

const maxLayers = 5;

/** @param published - ARN of a layer version that is already published in the account */
export function checkReporterLayer(
  fn: DeployedFunction,
  { reporter, unreadable }: AttachedLayers,
  published: string | undefined,
): Finding {
  if (reporter !== undefined) return checkVersion('layer', fn, reporter);
  const [first] = unreadable;
  if (first !== undefined) {
    return unknown(
      'layer',
      `Could not check whether the reporter layer is attached. For ${first.arn}, ${first.reason}.`,
    );
  }
  const startFailure =
    fn.variables[wrapperVariable] === wrapperPath
      ? `${wrapperVariable} points to its exec wrapper, so the function does not start without it. `
      : '';
  if (fn.layers.length >= maxLayers) {
    return problem(
      'layer',
      `${startFailure}The reporter layer is not attached, and the function already has the maximum of ${maxLayers} layers. Remove one, or report from the code of the function.`,
    );
  }
  return problem(
    'layer',
    `${startFailure}The reporter layer is not attached.`,
    ...(published === undefined ? [publishCommand(fn, 'reporter')] : []),
    attachCommand(fn, published ?? `arn:aws:lambda:${fn.region}:ACCOUNT:layer:xpander-lambda:1`),
  );
}

export function checkSentinelLayer(
  fn: DeployedFunction,
  { sentinel, unreadable }: AttachedLayers,
): Finding {
  if (sentinel !== undefined) return checkVersion('sentinel', fn, sentinel);
  if (unreadable.length > 0) {
    return unknown('sentinel', 'Could not check whether the sentinel layer is attached.');
  }
  return ok('sentinel', 'Not attached. It is optional and reports crashes and timeouts at once.');
}

export function checkWrapper(fn: DeployedFunction): Finding {
  const wrapper = fn.variables[wrapperVariable] || undefined;
  const next = fn.variables[nextWrapperVariable] || undefined;
  if (wrapper === undefined) {
    return problem(
      'wrapper',
      `${wrapperVariable} is not set, so the layer has no effect.`,
      setVariables(fn, { [wrapperVariable]: wrapperPath }),
    );
  }
  if (wrapper !== wrapperPath) {
    return problem(
      'wrapper',
      `${wrapperVariable} is '${wrapper}'. The wrapper of the reporter layer must be first; it starts the next one.`,
      setVariables(fn, { [wrapperVariable]: wrapperPath, [nextWrapperVariable]: wrapper }),
    );
  }
  if (next === wrapperPath) {
    return warning(
      'wrapper',
      `${nextWrapperVariable} points to the wrapper of the reporter layer itself and is ignored.`,
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
      updateFunction(fn, '--layers', ...layers.map(shellQuote)),
    );
  }
  const same =
    isOfThisPackage === undefined
      ? ''
      : isOfThisPackage
        ? ' It matches this version of xpander-lambda.'
        : ' It does not match this version of xpander-lambda.';
  return ok(check, `${arn} is attached.${same}`);
}

function publishCommand({ region }: DeployedFunction, kind: 'reporter' | 'sentinel'): string {
  return `aws lambda publish-layer-version --layer-name xpander-lambda --zip-file ${shellQuote(`fileb://${layerZipPath(kind)}`)} --compatible-runtimes nodejs24.x nodejs22.x --region ${region}`;
}

function attachCommand(fn: DeployedFunction, arn: string): string {
  return updateFunction(fn, '--layers', ...[...fn.layers, arn].map(shellQuote));
}

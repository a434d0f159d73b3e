/** Checks runtime, architecture, timeout, memory and network of a function. */

import { environmentVariables } from '../../config/environment.ts';
import { minMemoryMb } from '../../sentinel/protocol/least-memory.ts';
import type { AttachedLayers } from './attached-layers.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, problem, unknown, warning } from './finding.ts';
import { updateFunction } from './fix-commands.ts';

// Time for the handler itself and for Lambda to end the invocation.
const handlerReserveMs = 2_000;

export function checkRuntime(fn: DeployedFunction): Finding {
  const { runtime } = fn;
  if (runtime === undefined) {
    return unknown(
      'runtime',
      'The function is a container image, so its runtime and the variables of its ENV lines are not visible. See docs/layer.md of xpander-lambda for what to copy into the image.',
    );
  }
  const [, release] = /^nodejs(\d+)\.x$/.exec(runtime) ?? [];
  if (release === undefined) {
    return problem(
      'runtime',
      `The function runs on ${runtime}, but xpander-lambda supports Node.js only. You can report tasks of other runtimes with 'xpander-lambda report'.`,
    );
  }
  if (Number(release) >= 22) return ok('runtime', `${runtime} is supported.`);
  return problem(
    'runtime',
    `The function runs on ${runtime}, which is too old. Use nodejs22.x or newer.`,
    updateFunction(fn, '--runtime nodejs24.x'),
  );
}

export function checkArchitecture({ architecture }: DeployedFunction): Finding {
  return ok('architecture', `${architecture} is supported.`);
}

/** @param budgetMs - time limit of one delivery */
export function checkTimeout(fn: DeployedFunction, budgetMs: number): Finding {
  const minMs = budgetMs + handlerReserveMs;
  const [timeout, budget] = [`${fn.timeoutMs / 1_000} s`, `${budgetMs / 1_000} s`];
  if (fn.timeoutMs >= minMs) {
    return ok('timeout', `${timeout} leaves time for a delivery, which can take ${budget}.`);
  }
  return warning(
    'timeout',
    `The timeout of ${timeout} leaves little time for a delivery, which can take ${budget}. If the platform is slow, reports are sent by a later invocation. Increase the timeout, or decrease ${environmentVariables.budgetMs}.`,
    updateFunction(fn, `--timeout ${Math.min(900, Math.ceil(minMs / 1_000))}`),
  );
}

export function checkMemory(fn: DeployedFunction, { sentinel }: AttachedLayers): Finding {
  if (sentinel === undefined || fn.memoryMb >= minMemoryMb) {
    return ok('memory', `${fn.memoryMb} MB is enough.`);
  }
  return problem(
    'memory',
    `The sentinel is attached but disabled: it needs ${minMemoryMb} MB, and the function has ${fn.memoryMb} MB. Increase the memory, or remove the sentinel layer.`,
    updateFunction(fn, `--memory-size ${minMemoryMb}`),
  );
}

/** @returns no finding for a function outside a VPC */
export function checkNetwork({ vpcId, region }: DeployedFunction): Finding[] {
  if (vpcId === undefined) return [];
  return [
    unknown(
      'network',
      `The function is in the VPC ${vpcId}, so its network access cannot be checked. It needs a NAT gateway, or an interface endpoint for Secrets Manager (com.amazonaws.${region}.secretsmanager) and a route to the platform.`,
    ),
  ];
}

/** Runtime, architecture, timeout, memory and network of a function. */

import { environmentVariables } from '../../config/environment.ts';
import { minMemoryMb } from '../../sentinel/protocol/least-memory.ts';
import type { AttachedLayers } from './attached-layers.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, problem, unknown, warning } from './finding.ts';
import { updateFunction } from './fix-commands.ts';

// Beside the delivery: the handler itself, and what Lambda keeps for ending an invocation.
const beyondBudgetMs = 2_000;

export function checkRuntime(fn: DeployedFunction): Finding {
  const { runtime } = fn;
  if (runtime === undefined) {
    return unknown(
      'runtime',
      'The function is a container image: neither its runtime nor what its ENV lines set can be seen from here. See docs/layer.md of xpander-lambda for what to copy into the image.',
    );
  }
  const [, release] = /^nodejs(\d+)\.x$/.exec(runtime) ?? [];
  if (release === undefined) {
    return problem(
      'runtime',
      `The function runs on ${runtime}, and xpander-lambda reports Node.js functions only. From elsewhere a run can be reported with 'xpander-lambda report'.`,
    );
  }
  if (Number(release) >= 22) return ok('runtime', `${runtime} is supported.`);
  return problem(
    'runtime',
    `The function runs on ${runtime}, which is too old: it takes nodejs22.x or newer.`,
    updateFunction(fn, '--runtime nodejs24.x'),
  );
}

export function checkArchitecture({ architecture }: DeployedFunction): Finding {
  return ok('architecture', `${architecture} is supported.`);
}

/** @param budgetMs - most time for one delivery */
export function checkTimeout(fn: DeployedFunction, budgetMs: number): Finding {
  const leastMs = budgetMs + beyondBudgetMs;
  const [has, budget] = [`${fn.timeoutMs / 1_000} s`, `${budgetMs / 1_000} s`];
  if (fn.timeoutMs >= leastMs) {
    return ok('timeout', `${has} leave time for a delivery, which may take ${budget}.`);
  }
  return warning(
    'timeout',
    `The timeout of ${has} leaves little time for a delivery, which may take ${budget}: when the platform is slow, reports wait for a later invocation. Raise the timeout, or lower ${environmentVariables.budgetMs}.`,
    updateFunction(fn, `--timeout ${Math.min(900, Math.ceil(leastMs / 1_000))}`),
  );
}

export function checkMemory(fn: DeployedFunction, { sentinel }: AttachedLayers): Finding {
  if (sentinel === undefined || fn.memoryMb >= minMemoryMb) {
    return ok('memory', `${fn.memoryMb} MB are enough for reporting.`);
  }
  return problem(
    'memory',
    `The sentinel is attached but off: it needs ${minMemoryMb} MB, and the function has ${fn.memoryMb} MB. Give the function more memory, or detach the sentinel layer.`,
    updateFunction(fn, `--memory-size ${minMemoryMb}`),
  );
}

/** @returns nothing for a function that is not in a VPC */
export function checkNetwork({ vpcId, region }: DeployedFunction): Finding[] {
  if (vpcId === undefined) return [];
  return [
    unknown(
      'network',
      `The function is in the VPC ${vpcId}, and what it reaches cannot be seen from here. It needs a NAT gateway, or an interface endpoint for Secrets Manager (com.amazonaws.${region}.secretsmanager) and a way to the platform.`,
    ),
  ];
}

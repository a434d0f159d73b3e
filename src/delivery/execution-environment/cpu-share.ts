/**
 * Calculates a function's share of one CPU from its memory: 1,769 MB correspond to one full CPU.
 * Source: AWS Lambda Developer Guide, "Configure Lambda function memory".
 */
import type { Environment } from '../../config/environment.ts';

const memoryOfWholeCpuMb = 1_769;

/** @returns from 0 to 1; 1 if the memory size is unknown */
export function cpuShare(environment: Environment): number {
  const memoryMb = Number(environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']);
  return memoryMb > 0 ? Math.min(1, memoryMb / memoryOfWholeCpuMb) : 1;
}

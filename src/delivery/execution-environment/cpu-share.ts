/**
 * The share of one CPU that Lambda gives to a function by its memory: 1,769 MB are a whole one.
 * Source: AWS Lambda Developer Guide, "Configure Lambda function memory".
 */
import type { Environment } from '../../config/environment.ts';

const memoryOfWholeCpuMb = 1_769;

/** @returns from 0 to 1; 1 where the memory is not known */
export function cpuShare(environment: Environment): number {
  const memoryMb = Number(environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']);
  return memoryMb > 0 ? Math.min(1, memoryMb / memoryOfWholeCpuMb) : 1;
}

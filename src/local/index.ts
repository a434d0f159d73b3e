export { ConfigurationError, XpanderError } from '../errors.ts';
export type {
  DripFault,
  DropFault,
  Fault,
  FaultReach,
  Faults,
  HangFault,
  LatencyFault,
  StatusFault,
} from './faults.ts';
export {
  type LocalPlatform,
  type LocalPlatformOptions,
  startLocalPlatform,
} from './local-platform.ts';
export type { TaskRow } from './page-data.ts';
export type { ReceivedRequest } from './received-requests.ts';
export type { ReportedTask, StoredTask } from './stored-task.ts';
export { TaskNotReportedError, type WaitForTaskOptions } from './task-wait.ts';
export type { TaskStatus, WireTokens } from './wire-schemas.ts';

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
} from './server/faults.ts';
export {
  type LocalPlatform,
  type LocalPlatformOptions,
  startLocalPlatform,
} from './server/local-platform.ts';
export type { ReportedTask, StoredTask } from './store/stored-task.ts';
export type { ReceivedRequest } from './testing/received-requests.ts';
export { TaskNotReportedError, type WaitForTaskOptions } from './testing/wait-for-task.ts';
export type { TaskRow } from './wire/page-data.ts';
export type { TaskStatus, WireTokens } from './wire/report-schemas.ts';

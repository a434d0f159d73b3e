export {
  type MiddyRequest,
  type TaskReporterMiddleware,
  taskReporter,
} from './adapters/middy.ts';
export {
  type LambdaHandler,
  type ReportedHandler,
  withTaskReporter,
} from './adapters/with-task-reporter.ts';
export type { CaptureMode, Delivery, LogLevel } from './config/option-values.ts';
export type { HandlerContext, TaskReporterOptions } from './config/options.ts';
export type { Configuration } from './config/platform-configuration.ts';
export {
  ApiError,
  type ApiErrorOptions,
  ApiKeyError,
  ConfigurationError,
  ConnectionError,
  XpanderError,
} from './errors.ts';
export { currentTask } from './invocation/current-task.ts';
export type { TaskRecorder } from './invocation/task-recorder.ts';
export type { Agent } from './platform/agent.ts';
export { Agents } from './platform/agents.ts';
export type { CallOptions } from './platform/api-call.ts';
export { Backend } from './platform/backend.ts';
export type { ReportParameters } from './platform/report-parameters.ts';
export type { Task, TaskInput, TaskListItem, TaskStatus, TaskTokens } from './platform/task.ts';
export type { TokenUsage } from './platform/task-report.ts';
export { type TaskFilters, Tasks } from './platform/tasks.ts';

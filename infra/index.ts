/** `xpander-lambda/cdk`: CDK constructs that report the functions of an app. */

export type { FunctionFilter } from './function-filter.ts';
export type { LayerSource } from './layer-source.ts';
export type {
  CaptureMode,
  Delivery,
  LogLevel,
  ReportingOptions,
  SentinelFlush,
} from './reporting-options.ts';
export type { InstrumentOverrides } from './task-reporting.ts';
export { TaskReporting } from './task-reporting.ts';
export type { TaskReportingAspectProps } from './task-reporting-aspect.ts';
export { TaskReportingAspect } from './task-reporting-aspect.ts';
export type { TaskReportingProps } from './task-reporting-props.ts';

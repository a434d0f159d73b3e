import { randomUUID } from 'node:crypto';
import { readVariable } from '../../config/environment.ts';
import { ConfigurationError } from '../../errors.ts';
import { Backend } from '../../platform/backend.ts';
import type { Task } from '../../platform/task.ts';
import { openPlatform, type PlatformFlags } from '../shared/platform-access.ts';
import type { ReportFields } from './report-fields.ts';

/**
 * Sends a report and retries temporary errors. Generates a missing id first, so that every retry
 * updates the same task.
 *
 * @throws XpanderError if the platform did not accept the report
 */
export async function sendReport(report: ReportFields, flags: PlatformFlags): Promise<Task> {
  if (!report.agentId && readVariable(process.env, 'agentId') === undefined) {
    throw new ConfigurationError('No agent. Use --agent or set XPANDER_AGENT_ID.');
  }
  const reportWithId = { ...report, id: report.id ?? randomUUID() };
  const platform = await openPlatform(flags);
  const backend = new Backend(platform.configuration);
  return platform.call((signal) => backend.reportExternalTask(reportWithId, { signal }));
}

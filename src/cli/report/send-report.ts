import { randomUUID } from 'node:crypto';
import { readVariable } from '../../config/environment.ts';
import { ConfigurationError } from '../../errors.ts';
import { Backend } from '../../platform/backend.ts';
import type { Task } from '../../platform/task.ts';
import { openPlatform, type PlatformFlags } from '../shared/platform-access.ts';
import type { ReportFields } from './report-fields.ts';

/**
 * Sends a report, again where that may help. One without an id gets one: only then does sending
 * it again update the same task.
 *
 * @throws XpanderError when the platform did not take it
 */
export async function sendReport(report: ReportFields, flags: PlatformFlags): Promise<Task> {
  if (!report.agentId && readVariable(process.env, 'agentId') === undefined) {
    throw new ConfigurationError('No agent is named. Give --agent, or set XPANDER_AGENT_ID.');
  }
  const identified = { ...report, id: report.id ?? randomUUID() };
  const platform = await openPlatform(flags);
  const backend = new Backend(platform.configuration);
  return platform.call((signal) => backend.reportExternalTask(identified, { signal }));
}

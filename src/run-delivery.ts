/** Reports runs: builds, thins out, sends, and writes down what could not be sent. */
import type { Invocation } from './capture/invocation.ts';
import { createApiKeyProvider } from './delivery/api-key.ts';
import { type DeliveryResult, sendReport } from './delivery/report-sender.ts';
import { undeliveredReport } from './delivery/undelivered-report.ts';
import { ConnectionError } from './errors.ts';
import type { Log } from './log.ts';
import type { ReporterSettings } from './options.ts';
import { createReportBuilder } from './report/build-task-report.ts';
import { type TaskReport, toWire } from './report/task-report.ts';

/** Everything about a run that its beginning does not need. */
export interface RunDelivery {
  /** Starts reading the API key beside the handler. */
  readonly warmUp: () => void;
  /** Reports that a run has begun. */
  readonly reportStart: (invocation: Invocation) => Promise<void>;
  /**
   * Reports how a run ended.
   *
   * @param sampled - whether a success is reported; failures always are
   * @param timeMs - time to do it in; with none left the report is written into the log
   */
  readonly reportEnd: (invocation: Invocation, sampled: boolean, timeMs: number) => Promise<void>;
}

export function createRunDelivery(settings: ReporterSettings, log: Log): RunDelivery {
  const build = createReportBuilder({ ...settings, complain: log.warn });
  const apiKeys = createApiKeyProvider(settings.apiKey, {
    onRefreshFailed: ({ message }) => log.warn(`an old API key stays in use: ${message}`),
  });
  const destination = { baseUrl: settings.baseUrl, agentId: settings.agentId, apiKeys };
  const send = (report: TaskReport, timeMs: number): Promise<DeliveryResult> =>
    sendReport(destination, JSON.stringify(toWire(report)), timeMs);

  return {
    warmUp: () => apiKeys.prefetch(),

    async reportStart({ id, input, recorded }) {
      const started = build({
        id,
        input,
        outcome: { kind: 'started' },
        recorded: recorded(),
        durationSeconds: 0,
      });
      const result = await send(started, settings.budgetMs);
      // The report of the end tells more, and with the same id replaces this one.
      if (result.kind === 'undelivered') {
        log.info(`the start of run ${id} was not reported: ${result.error.message}`);
      }
    },

    async reportEnd({ id, input, recorded, ended }, sampled, timeMs) {
      const facts = recorded();
      if (ended === undefined || facts.skipped) return;
      const report = build({ id, input, recorded: facts, ...ended });
      if (report.isSuccess && !sampled) return;
      const result = timeMs > 0 ? await send(report, timeMs) : noTime();
      if (result.kind === 'delivered') {
        log.debug(`run ${id} was reported (tries: ${result.attempts}).`);
      } else {
        log.warn(undeliveredReport(settings.agentId, report, result));
      }
    },
  };
}

function noTime(): DeliveryResult {
  const error = new ConnectionError('The invocation had no time left for its report.', {
    code: 'ETIMEDOUT',
  });
  return { kind: 'undelivered', attempts: 0, error };
}

/** Reports runs: builds, thins out, sends, and writes down what could not be sent. */
import type { Invocation } from './capture/invocation.ts';
import { createApiKeyProvider } from './delivery/api-key.ts';
import { type DeliveryResult, sendReport } from './delivery/report-sender.ts';
import { undeliveredReport } from './delivery/undelivered-report.ts';
import { ConnectionError } from './errors.ts';
import type { Log } from './log.ts';
import type { ReporterSettings } from './options.ts';
import { createReportBuilder, type ReportRules } from './report/build-task-report.ts';
import { toWire } from './report/task-report.ts';
import { askCallback } from './user-callback.ts';

/** Everything about a run that its beginning does not need. */
export interface RunDelivery {
  /** Starts reading the API key beside the handler. */
  readonly warmUp: () => void;
  /** Reports that a run has begun; the signal gives that up. */
  readonly reportStart: (invocation: Invocation, signal: AbortSignal) => Promise<void>;
  /**
   * Reports how a run ended.
   *
   * @param sampled - whether a success is reported; failures always are
   * @param deadline - on the clock of `performance.now()`; when it is over the report is written
   *   into the log
   */
  readonly reportEnd: (invocation: Invocation, sampled: boolean, deadline: number) => Promise<void>;
}

export function createRunDelivery(settings: ReporterSettings, log: Log): RunDelivery {
  const build = createReportBuilder({ ...settings, ...callbacks(settings, log) });
  const apiKeys = createApiKeyProvider(settings.apiKey, {
    onRefreshFailed: ({ message }) => log.warn(`an old API key stays in use: ${message}`),
  });
  const destination = { baseUrl: settings.baseUrl, agentId: settings.agentId, apiKeys };

  return {
    warmUp: () => apiKeys.prefetch(),

    async reportStart({ id, input, recorded }, signal) {
      const outcome = { kind: 'started' } as const;
      const run = { id, input, outcome, recorded: recorded(), durationSeconds: 0 };
      const body = JSON.stringify(toWire(build(run, settings.budgetMs)));
      const result = await sendReport(destination, body, settings.budgetMs, signal);
      // The report of the end tells more, and with the same id replaces this one.
      if (result.kind === 'undelivered') {
        log.info(`the start of run ${id} was not reported: ${result.error.message}`);
      }
    },

    async reportEnd({ id, input, recorded, ended }, sampled, deadline) {
      const leftMs = (): number => deadline - performance.now();
      const facts = recorded();
      if (ended === undefined || facts.skipped) return;
      const report = build({ id, input, recorded: facts, ...ended }, leftMs());
      if (report.isSuccess && !sampled) return;
      const body = JSON.stringify(toWire(report));
      const result = leftMs() > 0 ? await sendReport(destination, body, leftMs()) : noTime();
      if (result.kind === 'delivered') {
        log.debug(`run ${id} was reported (tries: ${result.attempts}).`);
      } else {
        log.warn(undeliveredReport(settings.agentId, report, result));
      }
    },
  };
}

/** The user's callbacks so that they can do no harm. */
function callbacks(
  settings: ReporterSettings,
  log: Log,
): Pick<ReportRules, 'result' | 'isSuccess'> {
  const { result, isSuccess } = settings;
  const ask = (option: string, callback: () => unknown): unknown =>
    askCallback(option, callback, log.warn);
  return {
    result: result && ((response) => ask('result', () => result(response))),
    isSuccess:
      isSuccess &&
      ((response) => {
        const answer = ask('isSuccess', () => isSuccess(response));
        if (typeof answer === 'boolean' || answer === undefined) return answer;
        log.warn('the option isSuccess() must return true or false; the default rule is used.');
        return undefined;
      }),
  };
}

function noTime(): DeliveryResult {
  const error = new ConnectionError('The invocation had no time left for its report.', {
    code: 'ETIMEDOUT',
  });
  return { kind: 'undelivered', attempts: 0, error };
}

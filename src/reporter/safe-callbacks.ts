import type { Log } from '../base/log.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import type { ReportRules } from '../report/build-report.ts';
import { askCallback } from './user-callback.ts';

/** Wraps the user's callbacks so that their errors stay contained. */
export function containedCallbacks(
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

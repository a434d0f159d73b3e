import { datadog, sendDistributionMetric } from 'datadog-lambda-js';
import tracer from 'dd-trace';

tracer.init({ startupLogs: false });

export const handler = datadog(async ({ question, fails }) => {
  await Promise.resolve();
  if (fails) throw new RangeError('no tokens left');
  sendDistributionMetric('agent.answers', 1, 'kind:test');
  return { answer: `to ${question}` };
});

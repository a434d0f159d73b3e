const { datadog, sendDistributionMetric } = require('datadog-lambda-js');
require('dd-trace').init({ startupLogs: false });

exports.handler = datadog(async ({ question, fails }) => {
  await Promise.resolve();
  if (fails) throw new RangeError('no tokens left');
  sendDistributionMetric('agent.answers', 1, 'kind:test');
  return { answer: `to ${question}` };
});

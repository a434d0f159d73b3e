const Sentry = require('@sentry/aws-serverless');

Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 0 });

exports.handler = Sentry.wrapHandler(async ({ question, fails }) => {
  await Promise.resolve();
  if (fails) throw new RangeError('no tokens left');
  return { answer: `to ${question}` };
});

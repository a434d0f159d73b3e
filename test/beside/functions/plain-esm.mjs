/** A function that knows of no vendor: what instruments it comes from outside. */
class QuotaError extends Error {
  name = 'QuotaError';
}

export const handler = async ({ question, fails }, context) => {
  await Promise.resolve();
  if (fails) throw new QuotaError('no tokens left');
  return {
    answer: `to ${question}`,
    requestId: context.awsRequestId,
    handler: process.env._HANDLER,
  };
};

export const stream = awslambda.streamifyResponse(async ({ question, fails }, answer) => {
  await Promise.resolve();
  if (fails) throw new QuotaError('no tokens left');
  answer.write('to ');
  answer.end(question);
});

/** A function that knows of no vendor: what instruments it comes from outside. */
class QuotaError extends Error {
  name = 'QuotaError';
}

exports.handler = async ({ question, fails }, context) => {
  await Promise.resolve();
  if (fails) throw new QuotaError('no tokens left');
  return {
    answer: `to ${question}`,
    requestId: context.awsRequestId,
    handler: process.env._HANDLER,
  };
};

/** In Node.js 22 the runtime's own shape; in 24 only a vendor's wrapper can call it. */
exports.callback = (event, context, callback) => {
  exports.handler(event, context).then((answer) => callback(null, answer), callback);
};

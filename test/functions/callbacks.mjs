// Handlers of Node 22 that answer by a callback.
import { withTaskReporter } from 'xpander-lambda';

const answer = (event, context, callback) => {
  if (event.resolves) return Promise.resolve('a promise');
  if (event.rejects) return Promise.reject(new Error('no answer'));
  if (event.waits === false) context.callbackWaitsForEmptyEventLoop = false;
  setTimeout(() => {}, event.busyMs ?? 0);
  if (event.succeeds) context.succeed('done');
  else if (event.fails) callback(new Error('no answer'));
  else if (!event.forgets) callback(null, 'called back');
  return event.both && new Promise((resolve) => setTimeout(resolve, 5, 'too late'));
};

// Functions of the same place in the source, so that their stacks can be compared.
const answering = () =>
  function answering(event, context, callback) {
    return answer(event, context, callback);
  };

export const bare = answering();
export const reported = withTaskReporter(answering());

// A handler of Node 22 that neither answers nor promises to; what it started goes on meanwhile.
import { currentTask, withTaskReporter } from 'xpander-lambda';

const handler = withTaskReporter(
  () => {
    setTimeout(() => currentTask().addTool('late'), 20);
    return 'ignored';
  },
  { agentId: 'a' },
);
console.log(
  'returned',
  handler({}, { awsRequestId: 'r-2' }, () => {}),
);

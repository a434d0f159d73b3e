// A module with a reporter whose init fails.
import { withTaskReporter } from 'xpander-lambda';

export const handler = withTaskReporter(async () => 'never');

throw new RangeError('no configuration');

/** The same with a reporter in its code, and without from the same bundle. */
import { withTaskReporter } from '../../../../dist/index.js';
import { handler as bare } from './bare.mjs';

export { bare };
export const handler = withTaskReporter(bare);

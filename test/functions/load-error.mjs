// A module that tells the sentinel why it cannot be loaded, as the layer does for any function.
import { reportLoadError } from '../../src/sentinel/client/report-load-error.ts';

const error = new RangeError('no configuration');
await reportLoadError(process.env, error);
throw error;

/** Handlers under Middy, whose hooks run before and after. */
import middy6 from 'middy6';
import middy7 from 'middy7';
import { taskReporter } from '../../../../dist/index.js';
import * as bare from './bare.mjs';

const slow = { before: () => new Promise((resolve) => setTimeout(resolve, 5)) };

export const six = middy6().use(taskReporter()).use(slow).handler(bare.handler);
export const seven = middy7().use(taskReporter()).use(slow).handler(bare.handler);

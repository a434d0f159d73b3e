// What everything else is compared with.
export { answer as handler } from './work.mjs';

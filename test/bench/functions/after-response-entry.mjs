// Registers with the entry for ES modules instead of while the reporter is made.
import 'xpander-lambda/after-response';

export { handler } from './middleware.mjs';

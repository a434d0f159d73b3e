import 'xpander-lambda/after-response';

export { wrapped } from './late-agent.mjs';

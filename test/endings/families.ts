/** Every family of endings. */
import type { Family } from './family.ts';
import { handlersFamily } from './handlers-family.ts';
import { afterTheResponse } from './kinds/after-the-response.ts';
import { errors } from './kinds/errors.ts';
import { failingHooks } from './kinds/failing-hooks.ts';
import { httpMiddleware } from './kinds/http-middleware.ts';
import { nestedReporters } from './kinds/nested-reporters.ts';
import { neverSettling } from './kinds/never-settling.ts';
import { promises } from './kinds/promises.ts';
import { responseStreams } from './kinds/response-streams.ts';
import { ruinedProcesses } from './kinds/ruined-processes.ts';
import { sameTurn } from './kinds/same-turn.ts';
import { streamedBodies } from './kinds/streamed-bodies.ts';
import { unsendableResponses } from './kinds/unsendable.ts';
import { stacksFamily } from './stacks-family.ts';
import { streamingStacksFamily } from './streaming-stacks-family.ts';
import { streamsFamily } from './streams-family.ts';

export const families: readonly Family[] = [
  handlersFamily('handlers', [
    ...promises,
    ...unsendableResponses,
    ...errors,
    ...neverSettling,
    ...afterTheResponse,
    ...sameTurn,
    ...ruinedProcesses,
  ]),
  stacksFamily('stacks of Middy', [...failingHooks, ...httpMiddleware, ...nestedReporters]),
  streamsFamily('streams', responseStreams),
  streamingStacksFamily('streaming stacks of Middy', streamedBodies),
];

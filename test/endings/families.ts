/** Every family of endings. */
import type { Family } from './family.ts';
import { handlersFamily } from './handlers-family.ts';
import { afterTheResponse } from './kinds/after-the-response.ts';
import { errors } from './kinds/errors.ts';
import { neverSettling } from './kinds/never-settling.ts';
import { promises } from './kinds/promises.ts';
import { ruinedProcesses } from './kinds/ruined-processes.ts';
import { sameTurn } from './kinds/same-turn.ts';
import { unsendableResponses } from './kinds/unsendable.ts';

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
];

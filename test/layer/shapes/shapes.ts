/** All shapes of the conformance suite. */
import { bundles } from './bundles.ts';
import { callbacks } from './callbacks.ts';
import { endings } from './endings.ts';
import { exported } from './exports.ts';
import { failures } from './failures.ts';
import { loadErrors } from './load-errors.ts';
import { modules } from './modules.ts';
import { results } from './results.ts';
import type { Shape } from './shape.ts';
import { signatures } from './signatures.ts';
import { stacks } from './stacks.ts';
import { streaming } from './streams.ts';
import { surroundings } from './surroundings.ts';

export const shapes: readonly Shape[] = [
  ...modules,
  ...exported,
  ...bundles,
  ...signatures,
  ...results,
  ...failures,
  ...stacks,
  ...callbacks,
  ...streaming,
  ...surroundings,
  ...endings,
  ...loadErrors,
];

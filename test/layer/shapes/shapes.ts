/** Every shape of the conformance suite. */
import { exported } from './exports.ts';
import { loadErrors } from './load-errors.ts';
import { modules } from './modules.ts';
import type { Shape } from './shape.ts';

export const shapes: readonly Shape[] = [...modules, ...exported, ...loadErrors];

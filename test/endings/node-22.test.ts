/** Unusual endings on Node.js 22. */
import { runFamily } from './endings-suite.ts';
import { families } from './families.ts';

for (const family of families) runFamily('nodejs22.x', family);

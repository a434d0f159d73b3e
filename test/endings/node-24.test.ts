/** Unusual endings on Node.js 24. */
import { runFamily } from './endings-suite.ts';
import { families } from './families.ts';

for (const family of families) runFamily('nodejs24.x', family);

/** A setup file: `vi.waitFor` waits as long as `expect.poll` does by configuration, not one second. */

import { vi } from 'vitest';

const { waitFor } = vi;

vi.waitFor = (callback, options = 30_000) => waitFor(callback, options);

/** Bodies that Middy streams. */
import { completed, type Ending } from '../ending.ts';

const stacks: Readonly<Record<string, string>> = {
  'Middy 7': 'middy({ executionMode: executionModeStreamifyResponse })',
  'Middy 6': 'middy6({ streamifyResponse: true })',
};

const bodies: Readonly<Record<string, string>> = {
  'a short web stream': "new Blob(['short']).stream()",
  'a short stream of Node.js': "Readable.from(['short'])",
  'a text': "'short'",
};

export const streamedBodies: readonly Ending[] = Object.entries(stacks).flatMap(([middy, stack]) =>
  Object.entries(bodies).map(
    ([name, body]): Ending => ({
      name: `${name}, ${middy}`,
      handler: `(reporter) => ${stack}.use(reporter()).handler(async () => (${body}))`,
      gives: { kind: 'response', body: 'short' },
      report: completed,
    }),
  ),
);

/** Reporters in an outer stack and in that of a route. */
import { completed, type Ending, type Reported } from '../ending.ts';

const event = { httpMethod: 'GET', path: '/a' };
const gives = { kind: 'response', body: '"routed"' } as const;
const report: Reported = {
  ...completed,
  usedTools: ['search'],
  tokens: { prompt_tokens: 100, completion_tokens: 10 },
};

function routed(reporters: string, outer: string, inner: string): string {
  return `(reporter) => { ${reporters} const ask = middy().use(${inner}).handler(async () => { currentTask().addTokens({ promptTokens: 100, completionTokens: 10 }); currentTask().addTool('search'); return 'routed'; }); return middy().use(${outer}).handler(httpRouter([{ method: 'GET', path: '/a', handler: ask }])); }`;
}

export const nestedReporters: readonly Ending[] = [
  {
    name: 'one reporter in both stacks',
    handler: routed('const shared = reporter();', 'shared', 'shared'),
    event,
    gives,
    report,
  },
  {
    name: 'a reporter in each stack',
    handler: routed('', 'reporter()', 'reporter()'),
    event,
    gives,
    report,
  },
  {
    name: 'one reporter twice in a stack',
    handler: `(reporter) => { const shared = reporter(); return middy().use(shared).use(shared).handler(async () => { currentTask().addTool('search'); return 'routed'; }); }`,
    gives,
    report: { ...completed, usedTools: ['search'] },
  },
];

/** A stack names a handler as its module does, and nobody between it and the runtime. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { deployFamily } from './deploy-family.ts';
import type { Attachment } from './family.ts';
import { layer, wrapper } from './modules.ts';
import { type Invoked, startEnvironment } from './observed-environment.ts';

const ours = /xpander|\{repository\}\/(?:dist|layer)\//;
const errors: Readonly<Record<string, string>> = {
  'an error': "new Error('asked')",
  'an error in an error':
    "Object.assign(new Error('asked'), { details: new RangeError('inside') })",
};

interface Form {
  readonly name: string;
  /** With `wrap`, which wraps a handler or leaves it. */
  readonly source: string;
  readonly suffix: 'mjs' | 'cjs';
}

const forms: readonly Form[] = [
  {
    name: 'an async function with a name',
    source: `export const handler = wrap(async function ask() { throw {error}; });`,
    suffix: 'mjs',
  },
  {
    name: 'a function under another name',
    source: `async function ask() { await null; throw {error}; }\nconst exported = wrap(ask);\nexport { exported as handler };`,
    suffix: 'mjs',
  },
  {
    name: 'an arrow function',
    source: `const ask = async () => { throw {error}; };\nconst exported = wrap(ask);\nexport { exported as handler };`,
    suffix: 'mjs',
  },
  {
    name: 'a function that throws at once',
    source: `function ask() { throw {error}; }\nconst exported = wrap(ask);\nexport { exported as handler };`,
    suffix: 'mjs',
  },
  {
    name: 'a function with a name, CommonJS',
    source: `exports.handler = async function ask() { throw {error}; };`,
    suffix: 'cjs',
  },
  {
    name: 'a function that is declared, CommonJS',
    source: `async function ask() { await null; throw {error}; }\nmodule.exports = { handler: ask };`,
    suffix: 'cjs',
  },
  {
    name: 'a method, CommonJS',
    source: `class Agent { async handler() { throw {error}; } }\nmodule.exports = new Agent();`,
    suffix: 'cjs',
  },
];

const cells = forms.flatMap((form) =>
  // CommonJS cannot require the package, which is an ES module.
  (form.suffix === 'mjs' ? [wrapper, layer] : [layer]).flatMap((attachment) =>
    Object.keys(errors).map((error) => ({ form, attachment, error })),
  ),
);

describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
  test.each(cells)('$error of $form.name, with $attachment.name', async (cell) => {
    const { form, attachment, error } = cell;
    const run = async (isReported: boolean): Promise<Invoked> => {
      const { taskRoot, [Symbol.asyncDispose]: remove } = await deployFamily({
        files: filesOf(form, error, isReported && attachment.isLayer !== true),
      });
      onTestFinished(remove);
      await using environment = await startEnvironment({
        ...{ taskRoot, runtime, isReported },
        attachment: { ...attachment, ...index },
      });
      const invoked = await environment.invoke({});
      return JSON.parse(JSON.stringify(invoked).replaceAll(/task-\w+/g, 'task'));
    };
    const [bare, reported] = [await run(false), await run(true)];

    expect(bare.result).toMatchObject({ kind: 'error', errorType: 'Error' });
    expect(reported.caller).toEqual(bare.caller);
    expect(JSON.stringify(reported.caller)).not.toMatch(ours);
    expect(linesOf(reported)).toEqual(linesOf(bare));
  });
});

const index: Pick<Attachment, 'bare' | 'reported'> = { bare: 'index', reported: 'index' };

/** In one line before the source, so that places in it are the same. */
function filesOf(
  { source, suffix }: Form,
  error: string,
  isWrapped: boolean,
): Record<string, string> {
  const wrap = isWrapped
    ? "import { withTaskReporter as wrap } from 'xpander-lambda';"
    : 'const wrap = (handler) => handler;';
  return {
    [`index.${suffix}`]: `${suffix === 'mjs' ? wrap : ''}\n${source.replace('{error}', errors[error] ?? '')}`,
  };
}

/** Times and request ids differ. */
function linesOf({ result }: Invoked): string[] {
  return result.logs.map((line) =>
    line
      .replaceAll(result.requestId, '{request id}')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '{time}'),
  );
}

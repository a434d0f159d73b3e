/** The workflows of GitHub: checks of every change, and releases, which only a maintainer can start. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const run = promisify(execFile);
const workflows = fileURLToPath(new URL('../../../.github/workflows', import.meta.url));
const release = `${workflows}/release.yml`;
const checks = `${workflows}/ci.yml`;
const version = 'v1.7.12';
const folder = fileURLToPath(
  new URL(`../../../node_modules/.cache/actionlint-${version}`, import.meta.url),
);
const hasGo = spawnSync('go', ['version']).status === 0;

test.skipIf(!hasGo)('actionlint finds nothing in the workflows', async () => {
  const result = await run(await actionlint(), ['-color=false', release, checks]);

  expect(result).toEqual({ stdout: '', stderr: '' });
});

test('nothing is published unless publishing is enabled, requested and built', () => {
  const { on, permissions, jobs } = parse(readFileSync(release, 'utf8'));
  const { build, ...publishing } = jobs;

  expect(Object.keys(on)).toEqual(['workflow_dispatch']);
  expect(on.workflow_dispatch.inputs['dry-run'].default).toBe(true);
  expect(permissions).toEqual({});
  expect(build.if).toMatch(/^vars\.RELEASE_ENABLED == 'true' && /);
  expect(Object.keys(publishing)).toEqual(['npm', 'github', 'layers']);
  for (const { if: condition, needs, environment } of Object.values<Job>(publishing)) {
    expect(condition).toMatch(/!inputs\.dry-run/);
    expect(needs).toMatch(/^(build|npm)$/);
    expect(environment).toBe('release');
  }
});

test('pull requests run .ci/run, which can only read the repository', () => {
  const { on, permissions, jobs } = parse(readFileSync(checks, 'utf8'));

  expect(Object.keys(on)).toContain('pull_request');
  expect(permissions).toEqual({ contents: 'read' });
  expect(jobs.everything.steps.at(-1)).toEqual({ run: '.ci/run' });
});

test.each([
  ['a release', release],
  ['a check', checks],
])('every action of %s is pinned to a commit', (_, workflow) => {
  const uses = readFileSync(workflow, 'utf8').match(/uses: .*/g) ?? [];

  expect(uses).not.toEqual([]);
  expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d/.test(line))).toEqual([]);
});

interface Job {
  readonly if: string;
  readonly needs: string;
  readonly environment: string;
}

async function actionlint(): Promise<string> {
  const program = `${folder}/actionlint`;
  if (!existsSync(program)) {
    const target = `github.com/rhysd/actionlint/cmd/actionlint@${version}`;
    await run('go', ['install', target], { env: { ...process.env, GOBIN: folder } });
  }
  return program;
}

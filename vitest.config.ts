import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

const pythonSdk = 'test/python-sdk/*.test.ts';
const conformance = 'test/conformance/*.test.ts';
const beside = 'test/beside/*.test.ts';
const llmClients = 'test/llm/clients/*.test.ts';
const bundlers = 'test/bundlers/*.test.ts';
const browser = 'test/browser/*.test.ts';
const deploy = ['test/infra/deploy/*.test.ts', 'test/cli/doctor/*.test.ts'];
const busy = [
  'test/layer/conformance-node-*.test.ts',
  'test/sentinel/memory.test.ts',
  'test/small/*.test.ts',
  'test/chaos/*.test.ts',
];
const endings = 'test/endings/*.test.ts';

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            pythonSdk,
            conformance,
            beside,
            llmClients,
            bundlers,
            browser,
            ...deploy,
            ...busy,
            endings,
          ],
          globalSetup: 'test/support/runtime-client/setup-runtime-client.ts',
        },
      },
      // They keep the machine busy, so they run one file at a time, after the others.
      {
        extends: true,
        test: {
          name: 'busy',
          include: busy,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          globalSetup: 'test/support/runtime-client/setup-runtime-client.ts',
        },
      },
      // Each of them ends a process in its own way, of which the machine takes only so many.
      {
        extends: true,
        test: {
          name: 'endings',
          include: [endings],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          globalSetup: [
            'test/support/runtime-client/setup-runtime-client.ts',
            'test/endings/setup-endings.ts',
          ],
        },
      },
      // Needs AWS's emulator, which Python fetches: run by `npm run test:conformance`.
      {
        extends: true,
        test: {
          name: 'conformance',
          include: [conformance],
          globalSetup: 'test/support/rie/setup-rie.ts',
        },
      },
      // Needs the packages of other vendors, a hundred megabytes: run by `npm run test:beside`.
      {
        extends: true,
        test: {
          name: 'beside',
          include: [beside],
          globalSetup: 'test/beside/setup-beside.ts',
        },
      },
      // Needs the clients of the providers of LLMs: run by `npm run test:llm`.
      {
        extends: true,
        test: {
          name: 'llm',
          include: [llmClients],
          globalSetup: 'test/llm/clients/setup-clients.ts',
        },
      },
      // Needs the bundlers, sixty megabytes: run by `npm run test:bundlers`.
      {
        extends: true,
        test: {
          name: 'bundlers',
          include: [bundlers],
          globalSetup: 'test/bundlers/setup-bundlers.ts',
        },
      },
      // Needs Chromium: run by `npm run test:browser`.
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browser],
          // One browser at a time, each with a page that is waited for; a machine that is busy with
          // something else makes it miss a time.
          fileParallelism: false,
          retry: 1,
        },
      },
      // Needs Python, for an emulator of AWS: run by `npm run test:deploy`.
      {
        extends: true,
        test: {
          name: 'deploy',
          include: deploy,
          globalSetup: 'test/infra/deploy/setup-deploy.ts',
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      // Needs Python and its package index: run by `npm run test:python-sdk`.
      { extends: true, test: { name: 'python-sdk', include: [pythonSdk], testTimeout: 300_000 } },
    ],
    // Limits for tests that hang. They are long, so that no test fails because the machine is busy.
    expect: { requireAssertions: true, poll: { timeout: 30_000 } },
    setupFiles: 'test/support/wait-as-long-as-poll.ts',
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // Each worker starts processes of its own.
    maxWorkers: 2,
    restoreMocks: true,
    unstubEnvs: true,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'lcov'] },
  },
});

export default config;

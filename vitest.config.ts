import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

const pythonSdk = 'test/python-sdk/*.test.ts';
const conformance = 'test/conformance/*.test.ts';
const beside = 'test/beside/*.test.ts';
const llmClients = 'test/llm/clients/*.test.ts';
const bundlers = 'test/bundlers/*.test.ts';
const browser = 'test/browser/*.test.ts';
const deploy = ['test/infra/deploy/*.test.ts', 'test/doctor/*.test.ts'];
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
      // They keep the machine so busy that tests beside them would miss their times.
      {
        extends: true,
        test: {
          name: 'busy',
          include: busy,
          fileParallelism: false,
          testTimeout: 60_000,
          // Two processes are compared to the line; what comes first on a busy machine is chance.
          retry: 1,
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
          testTimeout: 60_000,
          // Two processes are compared, and which line comes first may be chance.
          retry: 1,
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
          testTimeout: 60_000,
        },
      },
      // Needs the clients of the providers of LLMs: run by `npm run test:llm`.
      {
        extends: true,
        test: {
          name: 'llm',
          include: [llmClients],
          globalSetup: 'test/llm/clients/setup-clients.ts',
          testTimeout: 60_000,
        },
      },
      // Needs the bundlers, sixty megabytes: run by `npm run test:bundlers`.
      {
        extends: true,
        test: {
          name: 'bundlers',
          include: [bundlers],
          globalSetup: 'test/bundlers/setup-bundlers.ts',
          testTimeout: 60_000,
        },
      },
      // Needs Chromium: run by `npm run test:browser`.
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browser],
          testTimeout: 60_000,
          // One browser at a time, each with a page that is waited for; a machine that is busy with
          // something else makes it miss a time.
          fileParallelism: false,
          retry: 1,
          expect: { requireAssertions: true, poll: { timeout: 10_000 } },
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
    expect: { requireAssertions: true },
    restoreMocks: true,
    unstubEnvs: true,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'lcov'] },
  },
});

export default config;

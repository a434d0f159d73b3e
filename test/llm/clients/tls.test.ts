/** Over TLS: HTTP/1.1 and HTTP/2, as providers are really called. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Lambda } from '../../support/lambda/lambda.ts';
import { reportedBy, type Surroundings, startSurroundings } from './surroundings.ts';

const tokens = { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 };

describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
  let surroundings: Surroundings;
  let folder: string;
  let bare: Lambda;
  let reported: Lambda;
  beforeAll(async () => {
    surroundings = await startSurroundings();
    folder = await mkdtemp(join(tmpdir(), 'certificate-'));
    const file = join(folder, 'certificate.pem');
    await writeFile(file, surroundings.provider.certificate);
    const environment = { NODE_EXTRA_CA_CERTS: file };
    const options = { ...reportedBy.wrapper, runtime, environment };
    bare = await surroundings.start({ ...options, handler: 'wrapped.bare' });
    reported = await surroundings.start(options);
  });
  afterAll(async () => {
    await surroundings[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test.for([
    { client: 'openai', call: 'chat', httpVersion: '1.1' },
    { client: 'openai', call: 'chatStream', httpVersion: '1.1' },
    { client: 'bedrock', call: 'converse', httpVersion: '2.0' },
    { client: 'bedrock', call: 'converseStream', httpVersion: '2.0' },
    { client: 'http', call: 'json', httpVersion: '1.1' },
    { client: 'http', call: 'stream', httpVersion: '1.1' },
    { client: 'axios', call: 'post', httpVersion: '1.1' },
    { client: 'fetch', call: 'json', httpVersion: '1.1' },
    { client: 'undici', call: 'overTls', httpVersion: '2.0' },
    { client: 'undici7', call: 'overTls', httpVersion: '2.0' },
    { client: 'undici6', call: 'overTls', httpVersion: '2.0' },
    { client: 'undici7', call: 'request', httpVersion: '1.1' },
  ])('$client $call', async ({ client, call, httpVersion }, { expect }) => {
    const asked = { client, call, behaviour: 'text' };
    const { secureUrl } = surroundings.provider;

    const without = await surroundings.run(bare, asked, secureUrl);
    const { seen, requests, reports } = await surroundings.run(reported, asked, secureUrl);

    expect(seen).toEqual(without.seen);
    expect(requests).toMatchObject([{ httpVersion }]);
    expect(reports).toMatchObject([{ tokens, used_tools: [] }]);
  });
});

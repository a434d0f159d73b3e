/** Finds the headers of a Node.js on this machine, so that compiling an addon needs no download. */

import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The prefix of a Node.js that has `include/node/node_api.h`, best match first. The addon uses
 * Node-API only, so the headers of any version will do.
 */
export function findNodeHeaders(): string | undefined {
  const nodePackage = dirname(createRequire(import.meta.url).resolve('node/package.json'));
  const platformPackage = `node-${process.platform}-${process.arch}`;
  return [
    // The package `node` installs the whole distribution of its platform below itself.
    join(nodePackage, 'node_modules', platformPackage),
    join(nodePackage, '..', platformPackage),
    join(dirname(realpathSync(process.execPath)), '..'),
    process.env['npm_config_nodedir'] ?? '',
    '/usr/local',
    '/usr',
  ].find((prefix) => existsSync(join(prefix, 'include', 'node', 'node_api.h')));
}

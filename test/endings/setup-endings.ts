/** Installs what the functions of these tests need; a global setup of vitest. */
import { installPackages } from '../support/install-packages.ts';

export async function setup(): Promise<void> {
  await installPackages(new URL('packages/', import.meta.url), 'Endings');
}

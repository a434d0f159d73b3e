/** Findings of the doctor on the layers of a function. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../infra/deploy/emulator.ts';
import { ensurePython } from '../../infra/deploy/ensure-python.ts';
import { examine } from './run-doctor.ts';
import { builtLayer, createFunction, publishLayer, wrapper, zipOf } from './sample-deployment.ts';

const python = await ensurePython();

describe.skipIf(python.kind === 'missing')('doctor', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator(python);
  });
  afterAll(() => emulator?.close());

  test('suggests the newest version of an old layer and keeps the other layers', async () => {
    const other = await publishLayer(emulator, 'other', zipOf({ 'nodejs/a.js': '1' }));
    const old = await publishLayer(emulator, 'aging', builtLayer('reporter'));
    const newest = await publishLayer(emulator, 'aging', builtLayer('reporter'));
    const name = await createFunction(emulator, { Layers: [old, other], variables: wrapper });

    const { byCheck } = await examine(name, emulator.environment);

    expect(byCheck['layer']).toMatchObject({
      status: 'warning',
      fix: [expect.stringContaining(`--layers ${newest} ${other}`)],
    });
  });

  test('warns that the function does not start if the layer of its wrapper is missing', async () => {
    const name = await createFunction(emulator, { variables: wrapper });

    const { byCheck, exitCode } = await examine(name, emulator.environment);

    expect(byCheck['layer']?.message).toMatch(/the function does not start without it/);
    expect(exitCode).toBe(1);
  });

  test('does not suggest a sixth layer', async () => {
    const layers = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((each) =>
        publishLayer(emulator, `one-of-five-${each}`, zipOf({ 'nodejs/a.js': each })),
      ),
    );
    const name = await createFunction(emulator, { Layers: layers });

    const { byCheck } = await examine(name, emulator.environment);

    expect(byCheck['layer']).toMatchObject({
      status: 'problem',
      message: expect.stringMatching(/already has the maximum of 5 layers/),
    });
    expect(byCheck['layer']).not.toHaveProperty('fix');
  });
});

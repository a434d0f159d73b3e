/** `node cdk.mjs ENTRY FOLDER esm|cjs`: a NodejsFunction with CDK's defaults beside the format. */
import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

const [entry, folder, format] = process.argv.slice(2);
const projectRoot = dirname(entry);
const outdir = mkdtempSync(join(tmpdir(), 'cdk.out-'));

const app = new App({ outdir });
new NodejsFunction(new Stack(app, 'Agents'), 'Agent', {
  entry,
  projectRoot,
  depsLockFilePath: join(projectRoot, 'package-lock.json'),
  runtime: Runtime.NODEJS_22_X,
  bundling: {
    logLevel: LogLevel.SILENT,
    ...(format === 'esm' && { format: OutputFormat.ESM }),
  },
});
app.synth();
const [asset] = globSync(join(outdir, 'asset.*'));
cpSync(asset, folder, { recursive: true });
rmSync(outdir, { recursive: true });

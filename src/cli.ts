#!/usr/bin/env node
import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { localCommand } from './local/local-command.ts';
import { replayCommand } from './replay/replay-command.ts';

await new Command('xpander-lambda')
  .description('Report what your AI agents do in AWS Lambda to the xpander.ai task history.')
  .version(packageJson.version)
  .addCommand(localCommand())
  .addCommand(replayCommand())
  .parseAsync();

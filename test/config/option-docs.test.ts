/** The options page and the doc comments name the variables and defaults that the code uses. */
import { describe, expect, test } from 'vitest';
import { environmentVariables } from '../../src/config/environment.ts';
import {
  optionChecks,
  type ReporterSettings,
  resolveOptions,
} from '../../src/config/resolve-options.ts';
import { read } from '../support/pages.ts';

const variables: Readonly<Record<string, string>> = environmentVariables;
const variableOptions = Object.keys(optionChecks).filter((option) => option in variables);

/** Options whose default is a value, as the docs write it. */
const { agentId: _, ...resolved } = resolvedDefaults();
const defaults = Object.entries(resolved).flatMap(([option, value]) =>
  ['string', 'number', 'boolean'].includes(typeof value) && option in variables
    ? [[option, String(value)] as const]
    : [],
);

test('the defaults of all options with a fixed value are compared', () => {
  expect(defaults.map(([option]) => option)).toEqual([
    'baseUrl',
    'capture',
    'maxBytes',
    'reportStart',
    'delivery',
    'budgetMs',
    'sampleRate',
    'llmTaps',
    'logLevel',
  ]);
});

describe('docs/options.md', () => {
  test.each(variableOptions)('has the variable of %s', (option) => {
    expect(rowOf(option)[1]).toBe(`\`${variables[option]}\``);
  });

  test.each(defaults)('has the default of %s', (option, value) => {
    expect(rowOf(option)[2]).toBe(`\`${value}\``);
  });
});

describe('TaskReporterOptions', () => {
  test.each(variableOptions)('documents the variable of %s', (option) => {
    expect(docCommentOf('src/config/options.ts', option)).toContain(`\`${variables[option]}\``);
  });

  test.each(defaults)('documents the default of %s', (option, value) => {
    expect(docCommentOf('src/config/options.ts', option)).toMatch(defaultPattern(value));
  });
});

describe('ReportingOptions of CDK', () => {
  test.each(defaults)('documents the default of %s', (option, value) => {
    expect(docCommentOf('infra/reporting-options.ts', option)).toMatch(defaultPattern(value));
  });
});

function resolvedDefaults(): ReporterSettings {
  const options = resolveOptions({ agentId: 'agent-123', apiKey: 'key' }, {});
  return options.kind === 'enabled' ? options.settings : expect.unreachable();
}

/** The cells of an option's row: option, variable, default, meaning. */
function rowOf(option: string): readonly string[] {
  const [, row = ''] =
    new RegExp(`^\\| (\`${option}\` \\|.*) \\|$`, 'm').exec(read('docs/options.md')) ?? [];
  return row.split(' | ');
}

function docCommentOf(file: string, option: string): string {
  const pattern = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s+readonly ${option}\\?:`);
  return pattern.exec(read(file))?.[1] ?? expect.unreachable(`${file} has no ${option}`);
}

function defaultPattern(value: string): RegExp {
  return new RegExp(`@default[^@]*(?<![\\w])['\`]*${value.replaceAll('.', '\\.')}(?![\\w])`);
}

/** The app under the rules of cdk-nag for solutions on AWS. */
import { App, type Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { readAppSettings } from '../../../infra/app-settings.ts';
import { LayerStack } from '../../../infra/layer-stack.ts';
import { SampleStack } from '../../../infra/sample-stack.ts';

test('cdk-nag finds nothing in shared and unshared layers', () => {
  const { layers } = readAppSettings({ 'xpander:share': 'public' });

  expect(findingsIn(new LayerStack(new App(), 'Layers', layers))).toEqual([]);
});

test('of the sample it finds only the secret that nothing rotates', () => {
  const own = new SampleStack(new App(), 'Sample', readAppSettings({}).sample);
  const given = new SampleStack(
    new App(),
    'Sample',
    readAppSettings({
      'xpander:apiKeySecret': 'xpander/api-key',
      'xpander:modelKeySecret': 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:m-AbCdEf',
      'xpander:sentinel': true,
    }).sample,
  );

  // The key is xpander.ai's to give: no function in the account could make a new one.
  expect(findingsIn(own)).toEqual(['AwsSolutions-SMG4 Sample/ApiKey/Resource']);
  expect(findingsIn(given)).toEqual([]);
});

function findingsIn(stack: Stack): string[] {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
}

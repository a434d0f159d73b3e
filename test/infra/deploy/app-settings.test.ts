import { expect, test } from 'vitest';
import { readAppSettings } from '../../../infra/app-settings.ts';

test('without context the layers are not shared and the sample is not public', () => {
  expect(readAppSettings({ 'aws:cdk:other': true, '@aws-cdk/core:flag': true })).toEqual({
    layers: { sharedWith: [], parameterPrefix: '/xpander-lambda' },
    sample: {
      agentId: 'sample-agent',
      apiKeySecret: undefined,
      baseUrl: undefined,
      modelKeySecret: undefined,
      sentinel: false,
      publicUrl: false,
    },
  });
});

test.for([
  ['public', [{ kind: 'everyone' }]],
  ['o-a1b2c3d4e5', [{ kind: 'organization', organizationId: 'o-a1b2c3d4e5' }]],
  [
    'o-a1b2c3d4e5, 011122223333',
    [
      { kind: 'organization', organizationId: 'o-a1b2c3d4e5' },
      { kind: 'account', accountId: '011122223333' },
    ],
  ],
  [['111122223333'], [{ kind: 'account', accountId: '111122223333' }]],
  ['', []],
] as const)('the layers are shared with %s', ([share, users]) => {
  expect(readAppSettings({ 'xpander:share': share }).layers.sharedWith).toEqual(users);
});

test.for([
  [{ 'xpander:share': 'everyone' }, /'xpander:share' must be 'public', or .*; it is 'everyone'\.$/],
  [{ 'xpander:share': 111_122_223_333 }, /a text of 12 digits.*; it is 111122223333\.$/],
  [{ 'xpander:share': 'public,o-a1b2c3d4e5' }, /must be 'public' alone/],
  [{ 'xpander:share': '111122223333,111122223333' }, /must be a list without duplicates/],
  [{ 'xpander:share': '111122223333,' }, /; it is ''\.$/],
  [
    { 'xpander:shared': 'public' },
    /Unknown context 'xpander:shared'\. Valid names: xpander:share,/,
  ],
  [{ 'xpander:sentinel': 'yes' }, /must be true or false; it is 'yes'\.$/],
  [{ 'xpander:agentId': 7 }, /must be a text without surrounding white space; it is 7\.$/],
  [{ 'xpander:parameterPrefix': 'layers/' }, /must be a path such as \/xpander-lambda/],
  [{ 'xpander:parameterPrefix': '/aws/layers' }, /does not begin with aws or ssm/],
] as const)('the context %j is invalid', ([context, message]) => {
  expect(() => readAppSettings(context)).toThrow(message);
});

import { expect, test } from 'vitest';
import { isExempt } from '../../src/platform/no-proxy.ts';

test.each([
  ['*', 'https://inbound.xpander.ai'],
  ['localhost,*', 'https://inbound.xpander.ai'],
  ['inbound.xpander.ai', 'https://inbound.xpander.ai'],
  ['INBOUND.Xpander.AI.', 'https://inbound.xpander.ai'],
  ['inbound.xpander.ai', 'https://inbound.xpander.ai.'],
  ['xpander.ai', 'https://inbound.xpander.ai'],
  ['.xpander.ai', 'https://inbound.xpander.ai'],
  ['.xpander.ai', 'https://xpander.ai'],
  ['*.xpander.ai', 'https://inbound.xpander.ai'],
  ['one.example, two.example\txpander.ai', 'https://inbound.xpander.ai'],
  ['xpander.ai:443', 'https://inbound.xpander.ai'],
  ['xpander.ai:80', 'http://inbound.xpander.ai'],
  ['xpander.ai:9016', 'https://controller.xpander.ai:9016'],
  ['10.1.2.3', 'https://10.1.2.3'],
  ['10.1.2.3:8080', 'http://10.1.2.3:8080'],
  ['10.0.0.0/8', 'https://10.200.3.4'],
  ['10.9.9.9/8', 'https://10.200.3.4'],
  ['0.0.0.0/0', 'https://10.200.3.4'],
  ['10.1.2.3/32', 'https://10.1.2.3:9016'],
  ['fd00:0:0::1', 'https://[fd00::1]'],
  ['[fd00::1]', 'https://[fd00::1]'],
  ['[fd00::1]:8080', 'https://[fd00::1]:8080'],
  ['FD00::/8', 'https://[fd12:3456::1]'],
  ['[fd00::]/8', 'https://[fd12:3456::1]'],
  ['10.0.0.0/8', 'https://[::ffff:10.1.2.3]'],
])('NO_PROXY=%s matches %s', (list, url) => {
  expect(isExempt(new URL(url), list)).toBe(true);
});

test.each([
  ['', 'https://inbound.xpander.ai'],
  [' , ', 'https://inbound.xpander.ai'],
  ['.', 'https://inbound.xpander.ai'],
  ['pander.ai', 'https://inbound.xpander.ai'],
  ['inbound.xpander.ai.example.com', 'https://inbound.xpander.ai'],
  ['api.inbound.xpander.ai', 'https://inbound.xpander.ai'],
  ['xpander.ai:8443', 'https://inbound.xpander.ai'],
  ['xpander.ai:80', 'https://inbound.xpander.ai'],
  ['10.1.2.3', 'https://110.1.2.3'],
  ['1.2.3', 'https://10.1.2.3'],
  ['10.0.0.0/8', 'https://11.0.0.1'],
  ['10.0.0.0/8', 'https://10.example.com'],
  ['10.1.2.3:8080', 'https://10.1.2.3'],
  ['fd00::/8', 'https://[fe80::1]'],
  ['fd00::/8', 'https://10.1.2.3'],
  ['fd00::1:443', 'https://[fd00::1]'],
  // Malformed.
  ['10.0.0.0/33', 'https://10.0.0.0'],
  ['10.0.0.0/', 'https://10.0.0.0'],
  ['10.0.0.0/8/8', 'https://10.0.0.0'],
  ['10.0.0/8', 'https://10.0.0.0'],
  ['fd00::/129', 'https://[fd00::]'],
  ['xpander.ai/8', 'https://inbound.xpander.ai'],
])('NO_PROXY=%j does not match %s', (list, url) => {
  expect(isExempt(new URL(url), list)).toBe(false);
});

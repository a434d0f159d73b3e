/** What is compared: each variant is one function in Lambda's runtime client. */

export interface Variant {
  readonly name: string;
  /** The file in `functions`, without its suffix. */
  readonly source: string;
  /**
   * `bundled` is one CommonJS file, made by esbuild with the settings of CDK's NodejsFunction;
   * `layer` is a module that the reporter layer is attached to.
   */
  readonly form: 'module' | 'bundled' | 'layer';
  readonly environment: Readonly<Record<string, string>>;
  /** The name of the variant that its figures are compared with. */
  readonly baseline: string;
  /** How it reports: not at all, before the answer, or after it. */
  readonly reports: 'never' | 'before' | 'after';
  /** Packages that the bundle takes from Lambda's runtime, `*` stands for any text. */
  readonly external: readonly string[];
}

const inBand = { XPANDER_DELIVERY: 'in-band' };
const afterResponse = { XPANDER_DELIVERY: 'after-response' };

/** NodejsFunction leaves the AWS SDK out, because the runtime brings it. */
const runtimeSdk = ['@aws-sdk/*', '@smithy/*'];

const plain = {
  form: 'module',
  environment: {},
  baseline: 'bare',
  reports: 'never',
  external: runtimeSdk,
} as const;

const variants: readonly Variant[] = [
  { ...plain, name: 'bare', source: 'bare' },
  { ...plain, name: 'bare, bundled', source: 'bare', form: 'bundled', baseline: 'bare, bundled' },
  { ...plain, name: 'Middy alone', source: 'middy' },
  {
    ...plain,
    name: 'Middy alone, bundled',
    source: 'middy',
    form: 'bundled',
    baseline: 'bare, bundled',
  },
  {
    ...plain,
    name: 'middleware, in-band',
    source: 'middleware',
    environment: inBand,
    reports: 'before',
  },
  {
    ...plain,
    name: 'middleware, after-response',
    source: 'middleware',
    environment: afterResponse,
    reports: 'after',
  },
  {
    ...plain,
    name: 'middleware, after-response entry',
    source: 'after-response-entry',
    environment: afterResponse,
    reports: 'after',
  },
  {
    ...plain,
    name: 'wrapper, in-band',
    source: 'wrapper',
    environment: inBand,
    reports: 'before',
  },
  {
    ...plain,
    name: 'wrapper, after-response',
    source: 'wrapper',
    environment: afterResponse,
    reports: 'after',
  },
  {
    ...plain,
    name: 'middleware, after-response, bundled',
    source: 'middleware',
    form: 'bundled',
    environment: afterResponse,
    baseline: 'bare, bundled',
    reports: 'after',
  },
  {
    ...plain,
    name: 'layer, after-response',
    source: 'bare',
    form: 'layer',
    environment: afterResponse,
    reports: 'after',
  },
  { ...plain, name: 'hand-written', source: 'hand-written', reports: 'before' },
  {
    ...plain,
    name: 'hand-written, bundled',
    source: 'hand-written',
    form: 'bundled',
    baseline: 'bare, bundled',
    reports: 'before',
    // With the SDK in the bundle it starts in half the time: the best that one can do by hand.
    external: [],
  },
];

/** The named variants with their baselines, all if none is named. */
export function chooseVariants(names: readonly string[]): readonly Variant[] {
  if (names.length === 0) return variants;
  const chosen = names.map(findVariant);
  return variants.filter(
    (variant) =>
      chosen.includes(variant) || chosen.some(({ baseline }) => baseline === variant.name),
  );
}

/** @throws Error with the names that there are */
export function findVariant(name: string): Variant {
  const found = variants.find((variant) => variant.name === name);
  if (found !== undefined) return found;
  const names = variants.map((variant) => `'${variant.name}'`).join(', ');
  throw new Error(`There is no variant '${name}'. There are: ${names}.`);
}

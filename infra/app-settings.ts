/** Reads the app's settings from the context (`cdk --context` or `cdk.json`). */

/** Who may use a layer, in addition to its own account. */
export type LayerUser =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'organization'; readonly organizationId: string }
  | { readonly kind: 'account'; readonly accountId: string };

/** How the layers are published. */
export interface LayerSettings {
  readonly sharedWith: readonly LayerUser[];
  /** Prefix of the SSM parameters that contain the layers' ARNs. */
  readonly parameterPrefix: string;
}

/** How the sample is deployed. */
export interface SampleSettings {
  /** The agent that tasks are reported for. */
  readonly agentId: string;
  /** Name or ARN of the secret with the API key; undefined: the stack creates one. */
  readonly apiKeySecret: string | undefined;
  /** URL of the platform; undefined: xpander.ai. */
  readonly baseUrl: string | undefined;
  /** Name or ARN of the secret with the key of an LLM; undefined: the agent uses no LLM. */
  readonly modelKeySecret: string | undefined;
  /** Whether the sentinel layer is added. */
  readonly sentinel: boolean;
  /** Whether everyone can call the Function URL without AWS credentials. */
  readonly publicUrl: boolean;
}

export interface AppSettings {
  readonly layers: LayerSettings;
  readonly sample: SampleSettings;
}

type Context = Readonly<Record<string, unknown>>;

const prefix = 'xpander:';
const names = [
  'share',
  'parameterPrefix',
  'agentId',
  'apiKeySecret',
  'baseUrl',
  'modelKeySecret',
  'sentinel',
  'publicUrl',
] as const;

type Name = (typeof names)[number];

/**
 * @param context - context of the whole app; names without the prefix `xpander:` are ignored
 * @throws Error if a name is unknown or a value is invalid
 */
export function readAppSettings(context: Context): AppSettings {
  checkNames(context);
  return {
    layers: {
      sharedWith: readShare(context),
      parameterPrefix: readParameterPrefix(context),
    },
    sample: {
      agentId: readText(context, 'agentId') ?? 'sample-agent',
      apiKeySecret: readText(context, 'apiKeySecret'),
      baseUrl: readText(context, 'baseUrl'),
      modelKeySecret: readText(context, 'modelKeySecret'),
      sentinel: readSwitch(context, 'sentinel'),
      publicUrl: readSwitch(context, 'publicUrl'),
    },
  };
}

function checkNames(context: Context): void {
  const known = names.map((name) => prefix + name);
  const unknown = Object.keys(context).find(
    (name) => name.startsWith(prefix) && !known.includes(name),
  );
  if (unknown === undefined) return;
  throw new Error(`Unknown context '${unknown}'. Valid names: ${known.join(', ')}.`);
}

function readShare(context: Context): readonly LayerUser[] {
  const given = context[`${prefix}share`];
  if (given === undefined || given === '') return [];
  const parts = (Array.isArray(given) ? given : [given]).flatMap((part) =>
    typeof part === 'string' ? part.split(',').map((text) => text.trim()) : [part],
  );
  const users = parts.map(readLayerUser);
  if (users.length > 1 && users.some(({ kind }) => kind === 'everyone')) {
    throw invalid('share', "'public' alone, or organizations and accounts", parts.join(','));
  }
  const repeated = parts.find((part, index) => parts.indexOf(part) !== index);
  if (repeated !== undefined) throw invalid('share', 'a list without duplicates', parts.join(','));
  return users;
}

function readLayerUser(part: unknown): LayerUser {
  if (part === 'public') return { kind: 'everyone' };
  if (typeof part === 'string' && /^o-[a-z0-9]{10,32}$/.test(part)) {
    return { kind: 'organization', organizationId: part };
  }
  if (typeof part === 'string' && /^\d{12}$/.test(part))
    return { kind: 'account', accountId: part };
  throw invalid(
    'share',
    "'public', or organizations (o- and 10 to 32 letters or digits) and accounts (a text of 12 digits), separated by commas",
    part,
  );
}

function readParameterPrefix(context: Context): string {
  const given = readText(context, 'parameterPrefix') ?? '/xpander-lambda';
  if (/^(\/[\w.-]+)+$/.test(given) && !/^\/(aws|ssm)/i.test(given)) return given;
  throw invalid(
    'parameterPrefix',
    'a path such as /xpander-lambda, without a trailing slash, of letters, digits, dots, hyphens and underscores, that does not begin with aws or ssm',
    given,
  );
}

function readText(context: Context, name: Name): string | undefined {
  const given = context[prefix + name];
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string' && given.trim() === given) return given;
  throw invalid(name, 'a text without surrounding white space', given);
}

function readSwitch(context: Context, name: Name): boolean {
  const given = context[prefix + name];
  if (given === undefined || given === '') return false;
  const text = String(given);
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid(name, 'true or false', given);
}

function invalid(name: Name, expected: string, given: unknown): Error {
  const shown = typeof given === 'string' ? `'${given}'` : JSON.stringify(given);
  return new Error(`The context '${prefix}${name}' must be ${expected}; it is ${shown}.`);
}

/** Reads what `cdk --context` or `cdk.json` says to the app; each mistake is one clear sentence. */

/** Who may use a layer beside the own account. */
export type LayerUser =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'organization'; readonly organizationId: string }
  | { readonly kind: 'account'; readonly accountId: string };

/** How the layers are published. */
export interface LayerSettings {
  /** Who may use the layers. */
  readonly sharedWith: readonly LayerUser[];
  /** What the names of the SSM parameters with the layers' ARNs begin with. */
  readonly parameterPrefix: string;
}

/** How the sample is deployed. */
export interface SampleSettings {
  /** The agent that runs are reported for. */
  readonly agentId: string;
  /** Name or ARN of the secret with the API key; undefined: the stack makes one. */
  readonly apiKeySecret: string | undefined;
  /** Where the platform is; undefined: xpander.ai. */
  readonly baseUrl: string | undefined;
  /** Name or ARN of the secret with the key of an LLM; undefined: the agent asks none. */
  readonly modelKeySecret: string | undefined;
  /** Whether the sentinel layer is attached as well. */
  readonly sentinel: boolean;
  /** Whether everybody may call the Function URL, without AWS credentials. */
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
 * @param context - of the whole app; what does not begin with `xpander:` is others'
 * @throws Error when a name is unknown or a value is not usable
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
  throw new Error(`There is no context '${unknown}'. Known are ${known.join(', ')}.`);
}

function readShare(context: Context): readonly LayerUser[] {
  const given = context[`${prefix}share`];
  if (given === undefined || given === '') return [];
  const parts = (Array.isArray(given) ? given : [given]).flatMap((part) =>
    typeof part === 'string' ? part.split(',').map((text) => text.trim()) : [part],
  );
  const users = parts.map(readLayerUser);
  if (users.length > 1 && users.some(({ kind }) => kind === 'everyone')) {
    throw wrong('share', "'public' alone, or organizations and accounts", parts.join(','));
  }
  const repeated = parts.find((part, index) => parts.indexOf(part) !== index);
  if (repeated !== undefined) throw wrong('share', 'each user once', parts.join(','));
  return users;
}

function readLayerUser(part: unknown): LayerUser {
  if (part === 'public') return { kind: 'everyone' };
  if (typeof part === 'string' && /^o-[a-z0-9]{10,32}$/.test(part)) {
    return { kind: 'organization', organizationId: part };
  }
  if (typeof part === 'string' && /^\d{12}$/.test(part))
    return { kind: 'account', accountId: part };
  throw wrong(
    'share',
    "'public', an organization (o- and 10 to 32 letters or digits) or an account (12 digits, as a text), or several of the latter with commas between them",
    part,
  );
}

function readParameterPrefix(context: Context): string {
  const given = readText(context, 'parameterPrefix') ?? '/xpander-lambda';
  if (/^(\/[\w.-]+)+$/.test(given) && !/^\/(aws|ssm)/i.test(given)) return given;
  throw wrong(
    'parameterPrefix',
    'a path such as /xpander-lambda: no slash at its end, letters, digits, dots, hyphens and underscores, and not beginning with aws or ssm',
    given,
  );
}

function readText(context: Context, name: Name): string | undefined {
  const given = context[prefix + name];
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string' && given.trim() === given) return given;
  throw wrong(name, 'a text without white space around it', given);
}

function readSwitch(context: Context, name: Name): boolean {
  const given = context[prefix + name];
  if (given === undefined || given === '') return false;
  const text = String(given);
  if (text === 'true' || text === 'false') return text === 'true';
  throw wrong(name, 'true or false', given);
}

function wrong(name: Name, expected: string, given: unknown): Error {
  const shown = typeof given === 'string' ? `'${given}'` : JSON.stringify(given);
  return new Error(`The context '${prefix}${name}' must be ${expected}; it is ${shown}.`);
}

/** What a subscriber of the Telemetry API asks for, checked as Lambda checks it. */

export interface Subscription {
  readonly schemaVersion: string;
  readonly types: readonly TelemetryType[];
  readonly maxItems: number;
  /** In bytes. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Where batches go: Lambda's name for the sandbox, resolved. */
  readonly url: URL;
}

export type TelemetryType = 'platform' | 'function' | 'extension';

interface Asked {
  readonly schemaVersion?: unknown;
  readonly types?: unknown;
  readonly buffering?: Readonly<Record<string, unknown>>;
  readonly destination?: Readonly<Record<string, unknown>>;
}

const schemaVersions = ['2022-07-01', '2022-12-13', '2025-01-29'];
const telemetryTypes: readonly string[] = ['platform', 'function', 'extension'];
const sandboxNames = ['sandbox.localdomain', 'sandbox'];
const limits = {
  maxItems: { least: 1000, most: 10_000, standard: 10_000 },
  maxBytes: { least: 262_144, most: 1_048_576, standard: 262_144 },
  timeoutMs: { least: 25, most: 30_000, standard: 1000 },
};

/** The subscription, or everything that is wrong with it. */
export function readSubscription(body: string, managed: boolean): Subscription | string[] {
  const asked = parse(body);
  if (asked === undefined) return ['body is not a JSON object'];
  const problems: string[] = [];
  const { schemaVersion = '2022-07-01', types } = asked;
  const versions = managed ? schemaVersions.slice(-1) : schemaVersions;
  if (typeof schemaVersion !== 'string' || !versions.includes(schemaVersion)) {
    problems.push('schemaVersion is not supported');
  }
  if (!Array.isArray(types) || types.length === 0) problems.push('types should not be empty');
  else if (!types.every((type) => telemetryTypes.includes(type))) {
    problems.push('types contains an unknown type');
  }
  const buffering = readBuffering(asked.buffering ?? {}, problems);
  const url = readDestination(asked.destination ?? {}, problems);
  if (problems.length > 0 || url === undefined) return problems;
  return {
    ...buffering,
    url,
    schemaVersion: String(schemaVersion),
    types: types as readonly TelemetryType[],
  };
}

function parse(body: string): Asked | undefined {
  try {
    const asked: unknown = JSON.parse(body);
    return typeof asked === 'object' && asked !== null ? asked : undefined;
  } catch {
    return undefined;
  }
}

function readBuffering(
  asked: Readonly<Record<string, unknown>>,
  problems: string[],
): Pick<Subscription, keyof typeof limits> {
  const read = (name: keyof typeof limits): number => {
    const { least, most, standard } = limits[name];
    const value = asked[name] ?? standard;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    problems.push(`${name} should be between ${least} and ${most}`);
    return standard;
  };
  return { maxItems: read('maxItems'), maxBytes: read('maxBytes'), timeoutMs: read('timeoutMs') };
}

function readDestination(
  { protocol, URI }: Readonly<Record<string, unknown>>,
  problems: string[],
): URL | undefined {
  if (protocol !== 'HTTP') problems.push('protocol should be HTTP');
  const url = typeof URI === 'string' && URL.canParse(URI) ? new URL(URI) : undefined;
  if (url === undefined) problems.push('URI is not valid');
  else if (url.port === '') problems.push('URI port is not provided');
  else if (url.port === '9001') problems.push('URI port 9001 is reserved');
  else if (!sandboxNames.includes(url.hostname)) problems.push('URI host is not the sandbox');
  if (url !== undefined) url.hostname = '127.0.0.1';
  return url;
}

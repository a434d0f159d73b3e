/** The Extensions API of one environment: its routes, and what the environment does through it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import * as reply from './api-reply.ts';
import { type Refusal, readRegistration, refusal } from './extension-registration.ts';
import {
  admit,
  allParked,
  createRegistry,
  type Extension,
  hand,
  type InvokeEvent,
  park,
  type Registry,
  type ShutdownEvent,
  wrongState,
} from './extension-registry.ts';
import type { Api } from './platform-server.ts';
import type { RecordMoment } from './timeline.ts';

export interface ExtensionsApiOptions {
  /** What a registration is answered. */
  readonly identity: FunctionIdentity;
  readonly record?: RecordMoment;
  /** Names of the files that are started as external extensions. @default none */
  readonly external?: readonly string[];
  /** Extensions that are there besides and do nothing. @default 0 */
  readonly others?: number;
  /** Whether this is a Managed Instance, on which nobody gets INVOKE. @default false */
  readonly managed?: boolean;
  /** @default 'available' */
  readonly fault?: ExtensionsApiFault;
}

/**
 * `missing`: the paths are not found. `closed`: connections break. `silent`: nothing is answered.
 */
export type ExtensionsApiFault = 'available' | 'missing' | 'closed' | 'silent';

export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly handler: string;
  readonly accountId: string;
}

export interface ExtensionsApi {
  readonly handle: Api;
  /** How many there are: they decide how much time a shutdown has. */
  readonly count: () => { readonly internal: number; readonly external: number };
  readonly known: () => readonly Extension[];
  /** Finds the extension that has this identifier. */
  readonly find: (id: string) => Extension | undefined;
  /** Refuses internal extensions from now on. */
  readonly closeRegistration: () => void;
  /** Resolves when every external extension has registered. */
  readonly externalRegistered: Promise<void>;
  /** Resolves when everyone who registered has asked for a first event. */
  readonly ready: () => Promise<void>;
  /** Hands out INVOKE; resolves when all who got it have asked for the next event. */
  readonly release: (event: InvokeEvent) => Promise<void>;
  /** Hands SHUTDOWN to an external extension; false if it does not want it. */
  readonly shutDown: (name: string, event: ShutdownEvent) => boolean;
  /** Breaks the connections of those who wait, who keep their place in the agent's eyes. */
  readonly dropPolls: () => number;
  /** What an extension said to end with: the reason of what follows. */
  readonly reportedError: () => string | undefined;
}

interface Session extends Registry {
  readonly identity: FunctionIdentity;
  reportedError: string | undefined;
}

type Call = readonly [request: IncomingMessage, response: ServerResponse];

const base = '/2020-01-01/extension';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createExtensionsApi(options: ExtensionsApiOptions): ExtensionsApi {
  const { record = () => {}, external = [], others = 0, managed = false } = options;
  const registry = createRegistry({ record, external, others, managed });
  const session: Session = Object.assign(registry, {
    identity: options.identity,
    reportedError: undefined,
  });
  const { extensions } = session;
  const known = (): Extension[] => [...extensions.values()];
  return {
    handle: (...call) => handle(session, options.fault ?? 'available', call),
    count: () => ({
      internal: known().filter(({ kind }) => kind === 'internal').length,
      external: known().filter(({ kind }) => kind === 'external').length + others,
    }),
    known,
    find: (id) => extensions.get(id),
    closeRegistration: () => {
      session.registrationClosed = true;
    },
    externalRegistered: session.externalRegistered.promise,
    ready: () =>
      allParked(
        session,
        known().filter(({ state }) => state === 'Registered'),
      ),
    release: (event) => release(session, event),
    shutDown: (name, event) => shutDown(session, name, event),
    dropPolls: () => dropPolls(known()),
    reportedError: () => session.reportedError,
  };
}

function handle(session: Session, fault: ExtensionsApiFault, call: Call): boolean {
  const [request, response] = call;
  const called = `${request.method} ${request.url}`;
  if (!request.url?.startsWith(`${base}/`)) return false;
  if (fault !== 'available') return fail(fault, call);
  if (called === `POST ${base}/register`) void register(session, call);
  else if (called === `GET ${base}/event/next`) {
    withExtension(session, call, (extension) => park(session, extension, response));
  } else if (called === `POST ${base}/init/error`) reportError(session, call, 'InitError');
  else if (called === `POST ${base}/exit/error`) reportError(session, call, 'ExitError');
  else return false;
  return true;
}

function fail(fault: ExtensionsApiFault, [request, response]: Call): boolean {
  request.resume();
  if (fault === 'missing') response.writeHead(404).end();
  if (fault === 'closed') request.socket.destroy();
  return true;
}

async function register(session: Session, [request, response]: Call): Promise<void> {
  // A client that goes away before it has said what it wants gets no answer.
  const asked = await readRegistration(request).catch(() => undefined);
  if (asked === undefined) return;
  const outcome = asked.kind === 'refusal' ? asked : admit(session, asked);
  if (outcome.kind === 'refusal') {
    session.record('registration-refused', { detail: outcome.errorType });
    reply.refuseExtension(response, outcome);
    return;
  }
  session.record('extension-registered', { extension: outcome.name });
  const { accountId, ...identity } = session.identity;
  const wantsAccountId = asked.kind === 'registration' && asked.wantsAccountId;
  response.setHeader('lambda-extension-identifier', outcome.id);
  reply.reply(response, 200, { ...identity, ...(wantsAccountId ? { accountId } : {}) });
}

function withExtension(
  { extensions }: Session,
  [request, response]: Call,
  act: (extension: Extension) => Refusal | undefined,
): void {
  const found = identify(extensions, request);
  const refused = found.kind === 'refusal' ? found : act(found);
  if (refused !== undefined) reply.refuseExtension(response, refused);
}

/** The extension that sends a request, by the identifier it got when it registered. */
export function identify(
  extensions: { readonly get: (id: string) => Extension | undefined },
  request: IncomingMessage,
): Extension | Refusal {
  const id = request.headers['lambda-extension-identifier'];
  if (typeof id !== 'string' || id === '') {
    const message = 'Missing Lambda-Extension-Identifier header';
    return refusal('Extension.MissingExtensionIdentifier', message);
  }
  if (!uuid.test(id)) {
    const message = 'Invalid Lambda-Extension-Identifier';
    return refusal('Extension.InvalidExtensionIdentifier', message);
  }
  const unknown = refusal('Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`);
  return extensions.get(id.toLowerCase()) ?? unknown;
}

function reportError(session: Session, call: Call, to: 'InitError' | 'ExitError'): void {
  const [request, response] = call;
  withExtension(session, call, (extension) => {
    if (!request.headers['lambda-extension-function-error-type']) {
      const message = 'Lambda-Extension-Function-Error-Type not found';
      return refusal('Extension.MissingHeader', message);
    }
    const allowed =
      to === 'InitError' ? ['Registered', to] : ['Registered', 'Ready', 'Running', to];
    if (!allowed.includes(extension.state)) return wrongState(extension, to);
    extension.state = to;
    session.reportedError ??= `Extension.${to}`;
    reply.accept(response);
    return undefined;
  });
}

function release(session: Session, event: InvokeEvent): Promise<void> {
  session.requestId = event.requestId;
  const wanting = [...session.extensions.values()].filter(({ events }) =>
    events.includes('INVOKE'),
  );
  const done = allParked(session, wanting);
  for (const extension of wanting) hand(session, extension, event);
  return done;
}

function shutDown(session: Session, name: string, event: ShutdownEvent): boolean {
  const extension = [...session.extensions.values()].find((known) => known.name === name);
  if (extension?.events.includes('SHUTDOWN') !== true) return false;
  hand(session, extension, event);
  return true;
}

function dropPolls(extensions: readonly Extension[]): number {
  const waiting = extensions.flatMap(({ poll }) => (poll === undefined ? [] : [poll]));
  for (const poll of waiting) poll.destroy();
  return waiting.length;
}

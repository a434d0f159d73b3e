/** The Telemetry API of one environment: who subscribed, and the events that they get. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as reply from '../api-reply.ts';
import type { Extension } from '../extension-registry.ts';
import { identify } from '../extensions-api.ts';
import type { Api } from '../platform-server.ts';
import { type Dispatcher, startDispatcher, type TelemetryEvent } from './dispatcher.ts';
import { readSubscription, type Subscription, type TelemetryType } from './subscription.ts';

export interface TelemetryApiOptions {
  readonly find: (id: string) => Extension | undefined;
  readonly managed: boolean;
  /** `unsupported`: answers like a local emulator without telemetry. @default 'available' */
  readonly fault?: TelemetryFault;
}

export type TelemetryFault = 'available' | 'unsupported';

export interface TelemetryApi {
  readonly handle: Api;
  /** Records an event, for those who subscribed and for those who still will. */
  readonly emit: (type: string, record: unknown) => void;
  /** The subscription ends with the init. */
  readonly closeSubscription: () => void;
  readonly pause: () => void;
  readonly resume: (flush?: boolean) => void;
  readonly stop: () => void;
}

interface Subscriber {
  readonly types: readonly TelemetryType[];
  readonly dispatcher: Dispatcher;
}

interface Session extends TelemetryApiOptions {
  readonly subscribers: Map<string, Subscriber>;
  /** All of this environment: who subscribes late gets them too. */
  readonly events: TelemetryEvent[];
  closed: boolean;
}

const route = 'PUT /2022-07-01/telemetry';

export function createTelemetryApi(options: TelemetryApiOptions): TelemetryApi {
  const session: Session = { ...options, subscribers: new Map(), events: [], closed: false };
  const dispatchers = (): Dispatcher[] =>
    [...session.subscribers.values()].map(({ dispatcher }) => dispatcher);
  return {
    handle: (request, response) => {
      if (`${request.method} ${request.url}` !== route) return false;
      void subscribe(session, request, response).catch(() => response.destroy());
      return true;
    },
    emit: (type, record) => emit(session, type, record),
    closeSubscription: () => {
      session.closed = true;
      // Nobody can ask for them any more.
      session.events.length = 0;
    },
    pause: () => {
      for (const dispatcher of dispatchers()) dispatcher.pause();
    },
    resume: (flush) => {
      for (const dispatcher of dispatchers()) dispatcher.resume(flush);
    },
    stop: () => {
      for (const dispatcher of dispatchers()) dispatcher.stop();
    },
  };
}

async function subscribe(
  session: Session,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  const extension = identify({ get: session.find }, request);
  if (extension.kind === 'refusal') {
    reply.refuseExtension(response, extension);
    return;
  }
  if (session.fault === 'unsupported') {
    const errorMessage = 'Telemetry API is not supported';
    reply.reply(response, 202, { errorType: 'Telemetry.NotSupported', errorMessage });
    return;
  }
  if (session.closed) {
    const errorMessage = 'Telemetry API subscription is closed already';
    reply.refuseExtension(response, { errorType: 'Telemetry.SubscriptionClosed', errorMessage });
    return;
  }
  const subscription = readSubscription(body, session.managed);
  if (Array.isArray(subscription)) {
    const errorMessage = subscription.join('; ');
    reply.reply(response, 400, { errorType: 'ValidationError', errorMessage });
    return;
  }
  addSubscriber(session, extension, subscription);
  reply.reply(response, 200, 'OK');
}

function addSubscriber(session: Session, { name }: Extension, subscription: Subscription): void {
  const { types } = subscription;
  const dispatcher = startDispatcher(subscription);
  session.subscribers.get(name)?.dispatcher.stop();
  session.subscribers.set(name, { types, dispatcher });
  for (const event of session.events) if (wants(types, event)) dispatcher.add(event);
  emit(session, 'platform.telemetrySubscription', { name, state: 'Subscribed', types });
}

function emit(session: Session, type: string, record: unknown): void {
  const event = { time: new Date().toISOString(), type, record };
  if (!session.closed) session.events.push(event);
  for (const { types, dispatcher } of session.subscribers.values()) {
    if (wants(types, event)) dispatcher.add(event);
  }
}

function wants(types: readonly TelemetryType[], { type }: TelemetryEvent): boolean {
  return types.some((wanted) => type === wanted || type.startsWith(`${wanted}.`));
}

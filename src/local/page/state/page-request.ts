/** Asks the local platform for what the page shows. */

/** An answer that is none. */
export class PageRequestError extends Error {
  override name = 'PageRequestError' as const;
  /** Null where no answer came. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

// A server that hangs must not keep the page waiting for ever.
const timeoutMs = 30_000;

/**
 * The JSON at a path.
 *
 * @throws {PageRequestError}
 */
export async function requestJson<T>(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
  signal?: AbortSignal,
): Promise<T> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(parameters.size === 0 ? path : `${path}?${parameters}`, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    throw new PageRequestError('The local platform does not answer.', null, { cause: error });
  }
  if (!response.ok) {
    throw new PageRequestError(`The local platform answered ${response.status}.`, response.status);
  }
  try {
    return await response.json();
  } catch (error) {
    throw new PageRequestError('The answer was cut off.', null, { cause: error });
  }
}

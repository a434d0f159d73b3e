/** Requests JSON from the local platform. */

/** A failed request. */
export class PageRequestError extends Error {
  override name = 'PageRequestError' as const;
  /** The response status; null if there was no response. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

const timeoutMs = 30_000;

/**
 * Requests JSON from a path.
 *
 * @throws {PageRequestError} if there is no response, an error status or invalid JSON
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
    throw new PageRequestError('The local platform does not respond.', null, { cause: error });
  }
  if (!response.ok) {
    throw new PageRequestError(
      `The local platform responded with ${response.status}.`,
      response.status,
    );
  }
  try {
    return await response.json();
  } catch (error) {
    throw new PageRequestError('The response was incomplete.', null, { cause: error });
  }
}

/** When a report leaves, seen from the answer to the caller. */
export interface DeliveryStrategy {
  /**
   * Takes over a delivery.
   *
   * @returns what the answer has to wait for, undefined when it need not wait
   */
  dispatch(deliver: () => Promise<void>): Promise<void> | undefined;
}

/** The answer waits until the report is out or given up: works in every environment. */
export const inBand: DeliveryStrategy = { dispatch: (deliver) => deliver() };

export type DeliveryResult =
  | { readonly kind: 'delivered'; readonly attempts: number }
  | { readonly kind: 'undelivered'; readonly attempts: number; readonly error: Error };

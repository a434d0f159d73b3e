import { type Emulator, region } from './emulator.ts';

/** Settings that make an AWS SDK client use the emulator. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function clientOf({ url }: Pick<Emulator, 'url'>): ClientSettings {
  return {
    endpoint: url,
    region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-real-secret-access-key' },
  };
}

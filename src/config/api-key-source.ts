/** Where the API key comes from. */
export type ApiKeySource =
  | { readonly kind: 'value'; readonly apiKey: string }
  | {
      readonly kind: 'secret';
      /** Name or ARN. An ARN sets the region; a name means the function's own region. */
      readonly secretId: string;
      /**
       * Field of a JSON secret.
       *
       * @default the secret's text, or its field `api_key`, `apiKey` or `XPANDER_API_KEY`
       */
      readonly field?: string | undefined;
    };

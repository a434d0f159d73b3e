/** `native`: compiled as in Lambda; `stand-in`: its C++ part replaced by JavaScript. */
export type RuntimeClientKind = 'native' | 'stand-in';

export interface RuntimeClient {
  readonly kind: RuntimeClientKind;
  /** The file that Lambda runs as `/var/runtime/index.mjs`. */
  readonly entry: string;
  /** The Node.js that runs it. */
  readonly node: string;
  /** The identifier of the managed runtime that this is. */
  readonly runtime: string;
  /** One line for people: version, kind, and why not native. */
  readonly description: string;
}

/** Where the handler's module is. */
export interface ModuleLocation {
  /** The function's folder. */
  readonly taskRoot: string;
  /** The folder from the handler's name, relative to `taskRoot` or absolute. */
  readonly folder: string;
  /** The file name without its extension. */
  readonly name: string;
}

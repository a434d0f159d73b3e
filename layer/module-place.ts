/** Where a module is looked for. */
export interface ModulePlace {
  /** The function's folder. */
  readonly taskRoot: string;
  /** The folder in it, as the handler's name has it; an absolute one stands for itself. */
  readonly folder: string;
  /** The file's name without its suffix. */
  readonly name: string;
}

import type { Plugin } from 'rolldown';

/** The modules that are loaded when a function imports the package. */
export interface NeededAtInit {
  /** Finds them; has to be among the plugins. */
  readonly plugin: Plugin;
  /** Whether a module is one of them. The entries stay files of their own. */
  readonly holds: (id: string) => boolean;
}

export function neededAtInit(): NeededAtInit {
  const needed = new Set<string>();
  return {
    holds: (id) => needed.has(id),
    plugin: {
      name: 'needed-at-init',
      buildEnd() {
        const visit = (id: string): void => {
          if (needed.has(id)) return;
          needed.add(id);
          for (const imported of this.getModuleInfo(id)?.importedIds ?? []) visit(imported);
        };
        const entries = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry);
        for (const entry of entries) visit(entry);
        for (const entry of entries) needed.delete(entry);
      },
    },
  };
}

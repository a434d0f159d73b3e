import type { ModuleInfo, Plugin } from 'rolldown';

/** The modules that some root modules import statically, directly or indirectly. */
export interface StaticClosure {
  /** Finds the modules; add it to the bundler's plugins. */
  readonly plugin: Plugin;
  /** Whether a module belongs to the closure. The roots do not: they keep files of their own. */
  readonly holds: (id: string) => boolean;
}

/** The modules that are loaded during a function's init. */
export function initClosure(): StaticClosure {
  return staticClosure('init-closure', ({ isEntry }) => isEntry);
}

export function staticClosure(
  name: string,
  isRoot: (module: ModuleInfo) => boolean,
): StaticClosure {
  const found = new Set<string>();
  return {
    holds: (id) => found.has(id),
    plugin: {
      name,
      buildEnd() {
        const visit = (id: string): void => {
          if (found.has(id)) return;
          found.add(id);
          for (const imported of this.getModuleInfo(id)?.importedIds ?? []) visit(imported);
        };
        const roots = [...this.getModuleIds()].filter((id) => {
          const module = this.getModuleInfo(id);
          return module !== null && isRoot(module);
        });
        for (const root of roots) visit(root);
        for (const root of roots) found.delete(root);
      },
    },
  };
}

import type { ModuleInfo, Plugin } from 'rolldown';

/** The modules that are loaded with some others, because those import them statically. */
export interface StaticClosure {
  /** Finds them; has to be among the plugins. */
  readonly plugin: Plugin;
  /** Whether a module is one of them. Where they start stays in files of their own. */
  readonly holds: (id: string) => boolean;
}

/** What is loaded when a function starts. */
export function neededAtInit(): StaticClosure {
  return staticClosure('needed-at-init', ({ isEntry }) => isEntry);
}

export function staticClosure(
  name: string,
  isStart: (module: ModuleInfo) => boolean,
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
        const starts = [...this.getModuleIds()].filter((id) => {
          const module = this.getModuleInfo(id);
          return module !== null && isStart(module);
        });
        for (const start of starts) visit(start);
        for (const start of starts) found.delete(start);
      },
    },
  };
}

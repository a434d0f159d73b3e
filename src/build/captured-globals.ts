import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const file = fileURLToPath(new URL('../base/globals.ts', import.meta.url));

const names = [
  'Buffer',
  'Date',
  'JSON',
  'Number',
  'Object',
  'Promise',
  'RegExp',
  'clearTimeout',
  'setImmediate',
  'setTimeout',
].map((name) => ({ name, use: new RegExp(`(?<![\\w$.'"])${name}\\b`) }));

/** Makes undici use the timers of Node.js, because user code may replace the global ones. */
export const undiciTimers: Plugin = {
  name: 'undici-timers',
  transform: {
    filter: { id: /\/node_modules\/undici\/lib\/(?:api|core|dispatcher|util)\// },
    handler(code) {
      const used = names.filter(
        ({ name, use }) => /^(?:clear|set)[IT]/.test(name) && use.test(code),
      );
      if (used.length === 0) return undefined;
      const timers = used.map(({ name }) => name).join(', ');
      const statement = `const { ${timers} } = process.getBuiltinModule('node:timers'); `;
      return { code: statement + code, map: null };
    },
  },
};

/** Makes our own modules import these globals from `globals.ts`, which captures them at init. */
export const capturedGlobals: Plugin = {
  name: 'captured-globals',
  transform: {
    filter: { id: { include: /\/(?:src|layer)\/.*\.ts$/, exclude: /\/node_modules\// } },
    handler(code, id) {
      if (id === file) return undefined;
      const used = names.filter(({ use }) => use.test(code)).map(({ name }) => name);
      if (used.length === 0) return undefined;
      // On the first line, so that line numbers stay the same.
      const imports = `import { ${used.join(', ')} } from ${JSON.stringify(file)}; `;
      return { code: imports + code, map: null };
    },
  },
};

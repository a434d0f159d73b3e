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

/** Lets undici take its timers, which end requests, from Node.js. */
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

/** Lets our own modules take these globals from `globals.ts`, as they were at its start. */
export const capturedGlobals: Plugin = {
  name: 'captured-globals',
  transform: {
    filter: { id: { include: /\/(?:src|layer)\/.*\.ts$/, exclude: /\/node_modules\// } },
    handler(code, id) {
      if (id === file) return undefined;
      const used = names.filter(({ use }) => use.test(code)).map(({ name }) => name);
      if (used.length === 0) return undefined;
      // In the first line, so that the others keep their numbers.
      const imports = `import { ${used.join(', ')} } from ${JSON.stringify(file)}; `;
      return { code: imports + code, map: null };
    },
  },
};

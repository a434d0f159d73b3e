/**
 * Imports a module so that the stacks of its errors contain no frame of ours: V8 does not follow
 * promises through these callbacks, as it does through `await`.
 */
export function importModule(file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    import(file).then(
      (module) => resolve(module),
      (error) => reject(error),
    );
  });
}

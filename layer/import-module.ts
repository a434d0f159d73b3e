/**
 * Imports a module so that no frame of ours is in the stacks of its errors. V8 follows promises from
 * one `await` to the next, and through their own resolving functions; through these it does not.
 */
export function importModule(file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    import(file).then(
      (module) => resolve(module),
      (error) => reject(error),
    );
  });
}

/**
 * Imports a module so that no frame of ours is in the stacks of its errors: V8 follows promises
 * from one `await` to the next, and here is none.
 */
export function importModule(file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    import(file).then(resolve, reject);
  });
}

/** The spool's folder on disk. Synchronous: there are milliseconds only, or the process is ending. */

import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../base/error-code.ts';
import { identityOf, isRunning } from '../../base/process-identity.ts';
import { unfinishedFileName, writerOf } from './file-name.ts';

/** Nothing here throws. */
export interface Folder {
  /** Regular files by name; what dead writers have left unfinished is removed. */
  readonly list: (isOurs: (name: string) => boolean) => readonly ListedFile[];
  /** Creates a file that is whole or not there, whenever the process dies. */
  readonly write: (name: string, text: string) => boolean;
  readonly read: (name: string) => FileContent;
  /** @returns whether it has the new name */
  readonly rename: (from: string, to: string) => boolean;
  /** @returns false when it was gone already */
  readonly remove: (name: string) => boolean;
}

export interface ListedFile {
  readonly name: string;
  readonly bytes: number;
}

export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  /** Another process took it. */
  | { readonly kind: 'gone' }
  /** Not a file, or larger than any of ours. */
  | { readonly kind: 'foreign' }
  /** It may be read later: too many files are open, or the disk has a fault. */
  | { readonly kind: 'unreadable' };

export function createFolder(path: string, mostBytes: number): Folder {
  let self: string | undefined;

  const remove = (name: string): boolean => {
    try {
      // Of a symbolic link this removes the link.
      unlinkSync(join(path, name));
      return true;
    } catch (error) {
      return errorCode(error) !== 'ENOENT';
    }
  };

  const writeWhole = (name: string, text: string): void => {
    self ??= identityOf('self');
    const unfinished = unfinishedFileName(self);
    try {
      writeFileSync(join(path, unfinished), text, { flag: 'wx', mode: 0o600 });
      // No fsync: it has to outlive the process, not a power cut, which takes /tmp as well.
      renameSync(join(path, unfinished), join(path, name));
    } catch (error) {
      remove(unfinished);
      throw error;
    }
  };

  return {
    remove,

    rename: (from, to) =>
      attempt(() => {
        renameSync(join(path, from), join(path, to));
        return true;
      }, false),

    list(isOurs) {
      const names = isUsable(path) ? attempt(() => readdirSync(path), []) : [];
      return names.flatMap((name) => {
        const writer = writerOf(name);
        if (writer !== undefined && !isRunning(writer)) remove(name);
        if (!isOurs(name)) return [];
        const stats = attempt<Stats | undefined>(() => lstatSync(join(path, name)), undefined);
        if (stats?.isFile() && stats.size <= mostBytes) {
          return [{ name, bytes: stats.size }];
        }
        if (stats?.isFile() || stats?.isSymbolicLink()) remove(name);
        return [];
      });
    },

    write(name, text) {
      if (!isUsable(path) && !prepare(path)) return false;
      return attempt(() => {
        writeWhole(name, text);
        return true;
      }, false);
    },

    read(name) {
      let descriptor: number | undefined;
      try {
        // Without these flags a link would be followed, and a named pipe be waited for.
        const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
        descriptor = openSync(join(path, name), flags);
        const stats = fstatSync(descriptor);
        if (!stats.isFile() || stats.size > mostBytes) return { kind: 'foreign' };
        return { kind: 'text', text: readFileSync(descriptor, 'utf8') };
      } catch (error) {
        const code = errorCode(error);
        if (code === 'ENOENT') return { kind: 'gone' };
        return { kind: code === 'ELOOP' ? 'foreign' : 'unreadable' };
      } finally {
        close(descriptor);
      }
    },
  };
}

function prepare(path: string): boolean {
  return attempt(() => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return isUsable(path);
  }, false);
}

/** Whether it is a folder of this user that nobody else reads: reports are private. */
function isUsable(path: string): boolean {
  return attempt(() => {
    const stats = lstatSync(path);
    if (!stats.isDirectory() || stats.uid !== (process.getuid?.() ?? stats.uid)) return false;
    if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o700);
    return true;
  }, false);
}

function close(descriptor: number | undefined): void {
  if (descriptor !== undefined) attempt(() => closeSync(descriptor), undefined);
}

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

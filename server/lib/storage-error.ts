/** What a disk says that is full, read-only, not ours or broken, or that can't be asked for want of descriptors. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'no space left on the device'],
  ['EDQUOT', 'the quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EIO', 'the device reports an I/O error'],
  ['EACCES', 'writing is not permitted'],
  ['EPERM', 'writing is not permitted'],
  ['EMFILE', 'this process has too many files open'],
  ['ENFILE', 'the machine has too many files open'],
  ['EFBIG', 'the file may not grow any more'],
]);

/** Why storage takes nothing, in words; `undefined` for an error that says something else. */
export function storageFault(error: unknown): { readonly code: string; readonly reason: string } | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? String(at.code) : '';
    const reason = REASONS.get(code);
    if (reason !== undefined) return { code, reason };
  }
  return undefined;
}

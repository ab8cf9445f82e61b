import { SecondpassError } from '../../errors.ts';

const full = ['ENOSPC', 'EDQUOT', 'EFBIG'];
// ENOENT: what Node says of a folder that cannot be made on a disk that is read-only.
const refused = ['EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOENT', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'];

/** True for an error of the disk, and not of the network. */
export function isDiskError(error: unknown): boolean {
  return [...full, ...refused].includes((error as NodeJS.ErrnoException)?.code ?? '');
}

/** A disk's error in words, with what to do about it; any other error as it is. */
export function diskError(error: unknown, what: string, folder: string): unknown {
  if (SecondpassError.isInstance(error) || !isDiskError(error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const fact = full.includes(code) ? `There is no room for ${what}` : `${what} cannot be written`;
  return new SecondpassError(
    'failed',
    `${fact} in ${folder} (${code}). Make room there, or point HF_HOME or the cacheFolder option to another disk.`,
    { cause: error },
  );
}

/** Why a file could not be written, and what to do, in one sentence for the terminal. */
export function dumpFault(
  directory: string,
  code: string | undefined,
  option: 'dump' | 'record' = 'dump',
): string {
  const where = JSON.stringify(directory)
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `${where} may not be written to; give "${option}" a directory that may.`
    case 'EROFS':
      return `${where} is on a read-only file system; give "${option}" another directory.`
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk of ${where} is full; free some space, or give "${option}" another directory.`
    case 'EEXIST':
    case 'ENOTDIR':
      return `${where}, or what it is in, is a file; give "${option}" a directory.`
    case 'ELOOP':
      return `${where} is a symbolic link; give "${option}" the directory it leads to.`
    case 'ENAMETOOLONG':
      return `the path ${where} is too long; give "${option}" a shorter one.`
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open; the next one may have more luck, or raise "ulimit -n".'
    case 'ENOENT':
      return `${where} cannot be made there, or was removed meanwhile; give "${option}" another directory.`
    case undefined:
      return `something went wrong that has no code; NODE_DEBUG=throwpoint:dump says more.`
    default:
      return `${code} in ${where}; give "${option}" another directory.`
  }
}

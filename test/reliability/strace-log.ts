/** A system call that has returned. */
export interface SystemCall {
  readonly name: string
  /** The arguments as strace prints them, strings in hexadecimal. */
  readonly args: string
  /** What it returned; -1 where it failed. */
  readonly result: number
}

/** The calls that change a file system, and those that tell which file they are about. */
export const TRACED_CALLS = [
  'open openat creat close dup dup2 dup3 lseek write writev pwrite64 pwritev pwritev2 fsync fdatasync sync_file_range truncate',
  'ftruncate fallocate copy_file_range sendfile unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat mkdir mkdirat rmdir',
].flatMap((names) => names.split(' '))

const LINE = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/s
const BEGUN = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/s
const ENDED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/s

/** Reads what `strace -f -xx -o` wrote, each call at the moment at which it returned. Throws at a string that strace cut. */
export const readStrace = function* (text: string): Generator<SystemCall> {
  const begun = new Map<string, string>()
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end < 0 ? text.length : end)
    from = end < 0 ? text.length : end + 1
    const unfinished = line.endsWith('<unfinished ...>') ? BEGUN.exec(line) : null
    if (unfinished !== null) {
      begun.set(`${unfinished[1]} ${unfinished[2]}`, unfinished[3] ?? '')
      continue
    }
    const match = LINE.exec(line)
    const resumed = match === null ? ENDED.exec(line) : null
    const [, thread, name = '', rest = '', result] = match ?? resumed ?? []
    if (thread === undefined || result === undefined || result === '?') continue
    const args = resumed === null ? rest : (begun.get(`${thread} ${name}`) ?? '') + rest
    if (args.includes('"...')) throw new Error(`strace cut a string of ${name}.`)
    yield { name, args, result: Number(result) }
  }
}

/** The strings among the arguments, as bytes. */
export const stringsOf = (args: string): Buffer[] =>
  [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) => Buffer.from(hex.replaceAll('\\x', ''), 'hex'))

/** The arguments that are not strings, in order. */
export const plainArgs = (args: string): string[] =>
  args
    .replaceAll(/"[^"]*"/g, '""')
    .split(',')
    .map((each) => each.trim())

import { readFileSync } from 'node:fs'

/** Fields of /proc/<pid>/stat after the program's name, which may itself contain blanks and brackets. */
const statFields = (pid: string): readonly string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

const linuxTerminal = (): string | null => {
  try {
    const [, , , session = '0', terminal = '0'] = statFields('self')
    if (terminal === '0') return null
    let begun = ''
    try {
      begun = statFields(session)[19] ?? ''
    } catch {
      // The session's leader has ended; its number still names the session.
    }
    return `tty:${terminal}:${session}:${begun}`
  } catch {
    return null
  }
}

const otherTerminal = async (): Promise<string | null> => {
  if (process.platform === 'win32') return `console:${process.ppid}`
  const { execFileSync } = await import('node:child_process')
  try {
    const [tty = '', leader = ''] = execFileSync('/bin/ps', ['-o', 'tty=,pgid=', '-p', String(process.ppid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
    return /^\?+$/.test(tty) || tty === '' ? null : `tty:${tty}:${leader}`
  } catch {
    return null
  }
}

/** What tells this terminal from every other: its device and the leader of its session. Null where nobody sits. */
export const terminalIdentity = async (isTerminal: boolean): Promise<string | null> => {
  if (process.platform === 'linux') return linuxTerminal()
  return isTerminal ? otherTerminal() : null
}

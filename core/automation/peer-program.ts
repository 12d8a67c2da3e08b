import { realpathSync, statSync } from 'node:fs'
import type { Socket } from 'node:net'
import { basename } from 'node:path'
import type { ProgramFacts } from '#shared/contract/grants'
import { displayText } from '#shared/display-text'
import { isStillPeer, peerOf } from './peer-credentials.ts'
import { type ProcessReading, readProcess } from './peer-processes.ts'
import { isInterpreter, scriptOf } from './peer-script.ts'

/** A program that runs: what a person is shown of it, and where its file is read. */
export interface PeerProgram {
  /** Cleaned for showing. For orientation: a process can change its command line, or become another program, at any time. */
  readonly facts: ProgramFacts
  /** Where the file of `facts.path` can be read now. */
  readonly file: string
  /** The same as `facts` has, uncleaned: what a fingerprint is made of. */
  readonly path: string
  readonly interpreter: string | null
}

const ANCESTORS = 6
const NAME_LENGTH = 60
/** As many characters as the contract lets through; of a longer path the end says which file it is. */
const PATH_LENGTH = 200
const PATH_HEAD = 60

/** What the kernel adds to the path of a program whose file was taken away while it runs. */
const GONE = ' (deleted)'

const displayPath = (path: string): string => {
  const clean = displayText(path, 4096)
  return clean.length <= PATH_LENGTH ? clean : `${clean.slice(0, PATH_HEAD)}…${clean.slice(PATH_HEAD + 1 - PATH_LENGTH)}`
}

const nameOf = ({ path, title }: ProcessReading): string => displayText(path === '' ? title : basename(path.replace(GONE, '')), NAME_LENGTH)

/** Those that started a process, nearest first. */
const ancestorsOf = (process: ProcessReading): string[] => {
  const names: string[] = []
  for (let at = process.parent; at > 0 && names.length < ANCESTORS;) {
    const parent = readProcess(at)
    if (parent === null) break
    names.push(nameOf(parent))
    at = parent.parent
  }
  return names
}

const resolved = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const changedAt = (file: string): string | null => {
  try {
    return statSync(file).mtime.toISOString()
  } catch {
    return null
  }
}

/** The program that runs as process `pid`; null for one that is gone, of another user, or on a system that does not tell. */
export const programOf = (pid: number): PeerProgram | null => {
  const process = readProcess(pid)
  if (process === null || process.path === '') return null
  const { path: image, words, folder, root } = process
  const isScripted = isInterpreter(image.replace(GONE, ''))
  const named = isScripted ? scriptOf(image.replace(GONE, ''), words, folder, root) : null
  const script = named === null || root !== '' ? named : resolved(named)
  // A process with a file system of its own names files as it sees them: said, so that nobody takes them for ours.
  const place = root === '' ? '' : 'sandbox:'
  const path = `${place}${script ?? image}`
  const interpreter = isScripted ? `${place}${image}` : null
  const file = script === null ? process.image : `${root}${script}`
  return {
    facts: {
      pid,
      path: displayPath(path),
      interpreter: interpreter === null ? null : displayPath(interpreter),
      startedBy: ancestorsOf(process),
      changedAt: changedAt(file),
    },
    file,
    path,
    interpreter,
  }
}

/** The program at the other end of a socket; null where the system does not tell, or it is gone and another has its number. */
export const programOfPeer = (socket: Socket): PeerProgram | null => {
  const pid = peerOf(socket)?.pid ?? 0
  const program = pid > 0 ? programOf(pid) : null
  return program === null || isStillPeer(socket, pid) === false ? null : program
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundleProgram, type Weakness } from '#test/helpers/bundle-program'

/** What a run of races brought. */
export interface RaceReport {
  readonly rounds: number
  readonly starts: number
  /** Rounds that had no winner, or more than one, and losers that said something else than that there is an owner. */
  readonly faults: readonly string[]
}

interface Racer {
  readonly child: ChildProcess
  readonly say: (text: string) => void
  readonly hear: () => Promise<string>
}

const startRacer = (program: string): Racer => {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, say: (text) => void child.stdin.write(`${text}\n`), hear: async () => String((await lines.next()).value) }
}

const kill = async ({ child }: Racer): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/**
 * Rounds in which processes want one data folder at the same moment. Each winner is killed while it holds the folder, and a new
 * process takes its place in the next round: the lock has to be free by then.
 */
export const runRaces = async (rounds: number, racers: number, weaknesses: readonly Weakness[] = []): Promise<RaceReport> => {
  const program = await bundleProgram('start-racer', weaknesses)
  const place = mkdtempSync(join(tmpdir(), 'patchbay-race-'))
  const faults: string[] = []
  let starts = 0
  let field: Racer[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const fresh = Array.from({ length: racers - field.length }, () => startRacer(program.file))
      starts += fresh.length
      await Promise.all(fresh.map((racer) => racer.hear()))
      field.push(...fresh)
      // Half of the rounds are about a folder whose owner was killed, the others about one that is not there yet.
      const folder = join(place, `data-${Math.floor(round / 2)}`)
      for (const racer of field) racer.say(folder)
      const said = await Promise.all(field.map((racer) => racer.hear()))
      const winners = field.filter((_racer, index) => said[index] === 'won')
      if (winners.length !== 1) faults.push(`round ${round}: ${winners.length} winners`)
      for (const line of said) if (line !== 'won' && !line.startsWith('host.already_running ')) faults.push(`round ${round}: ${line}`)
      await Promise.all(winners.map(kill))
      field = field.filter((racer) => !winners.includes(racer))
    }
  } finally {
    await Promise.all(field.map(kill))
    program.remove()
    rmSync(place, { recursive: true, force: true })
  }
  return { rounds, starts, faults }
}

/** A build whose lock lets others in. */
export const SHARES_THE_LOCK: readonly Weakness[] = [
  { file: 'core/database/open-database.ts', from: "driver.exec('BEGIN EXCLUSIVE')", to: "driver.exec('BEGIN')" },
]

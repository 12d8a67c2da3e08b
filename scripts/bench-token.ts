import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pairBenchProgram } from './bench-automation.ts'
import { timedCommand } from './bench-command.ts'
import { CLI, environmentOf, openClient, type Stand } from './bench-host.ts'
import { peerTimes } from './bench-peers.ts'
import { median, ms, report } from './bench-report.ts'

const RUNS = 31
const READS = 200

/** A token at a terminal and over a socket that is open, beside what people use for the same, in one run. */
export const benchToken = async (stand: Stand, folder: string): Promise<void> => {
  const person = await openClient(folder)
  const program = await pairBenchProgram(folder, person, ['read', 'secret'], { kind: 'connectors', connectorIds: ['n8n'] })
  const { connections } = await program.call<{ connections: { connectionId: string; handle: string }[] }>('connections.list', { limit: 1 })
  const [{ connectionId, handle } = { connectionId: '', handle: '' }] = connections
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, '')
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < RUNS; round += 1) {
    bare.push(timedCommand([empty], {}))
    ours.push(timedCommand([CLI, 'token', handle], environmentOf(stand, folder)))
  }
  const warm: number[] = []
  for (let round = 0; round < READS; round += 1) {
    const begun = performance.now()
    await program.call('connections.getCredentials', { connectionId })
    warm.push(performance.now() - begun)
  }
  program.close()
  person.close()
  const peers = peerTimes()
  const beside = peers.map(({ name, ms: time }) => `${name} ${time === null ? 'is not installed' : ms(time)}`)
  report('token-over-empty-script', median(ours) / median(bare), 1.3, 'times', `${ms(median(ours))} against ${ms(median(bare))}`, ...beside)
  const gh = peers.find(({ name }) => name.startsWith('gh'))?.ms ?? null
  if (gh !== null) report('token-over-gh', median(ours) / gh, 1, 'times', `${ms(median(ours))} against ${ms(gh)} of gh auth token`)
  const fastest = Math.min(...peers.map(({ ms: time }) => time ?? Number.POSITIVE_INFINITY), median(ours))
  report('warm-credential', median(warm), fastest, 'ms', 'over a socket that is open; the limit is the fastest of the above')
}

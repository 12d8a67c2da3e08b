import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pick, rowsOf } from '../core/sandbox/call-stand-in.ts'
import { bundleProgram } from '#test/helpers/bundle-program'
import { startFakeNango } from '#test/helpers/fake-nango'
import { spawnHost } from '#test/helpers/spawn-host'
import { count } from './seeded-random.ts'

/** Every second row names its connection; the others are named by what they hold. */
const ROWS = Array.from({ length: 8 }, (_, index) => ({
  line: index + 2,
  values: {
    service: 'n8n',
    api_key: `key-${index}`,
    'config.baseUrl': 'https://n8n.example.test',
    connection_id: index % 2 === 0 ? '' : `named-${index}`,
  },
}))

test('an import that is killed in the middle of a row is run again, and makes no row twice', { timeout: 60_000 }, async () => {
  const program = await bundleProgram('host-process')
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-import-'))
  const nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
  const environment = { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, LOG_LEVEL: 'error' }
  const start = () => spawnHost({ folder, environment, program: program.file })
  try {
    let host = await start()
    const outcomes = async (rows: typeof ROWS): Promise<unknown> => {
      const peer = await host.connect()
      const { result } = await peer.call('connections.import', { rows })
      return (pick(result, 'results') as readonly { readonly outcome: string }[]).map(({ outcome }) => outcome)
    }
    expect(await outcomes(ROWS.slice(0, 4))).toEqual(['create', 'create', 'create', 'create'])
    // One row that names its connection, and one that does not, are on their way while the host is killed; Nango makes both.
    for (const row of [4, 5]) {
      const held = nango.faults.holdNext('/connections', 'POST')
      void outcomes(ROWS.slice(row, row + 1)).catch(() => {})
      await held.arrived
      await host.end('SIGKILL')
      held.release()
      host = await start()
    }
    const again = await outcomes(ROWS)
    // Whether the list was read in between or not: neither is refused, as a row is that somebody else has made.
    const unsure = expect.stringMatching(/^(?:create|update|done_before)$/) as string
    expect(again).toEqual([...Array<string>(4).fill('done_before'), unsure, unsure, 'create', 'create'])
    expect(await outcomes(ROWS)).toEqual(Array<string>(8).fill('done_before'))
    const list = await fetch(`${nango.url}/connections`, { headers: nango.authorization })
    const listed = rowsOf({ status: list.status, headers: {}, text: '', json: await list.json() })
    expect(listed).toHaveLength(ROWS.length)
    count(`import: ${ROWS.length} rows, 2 kills in the middle of one, ${listed.length} connections`)
    await host.end('SIGTERM')
  } finally {
    await nango.stop()
    rmSync(folder, { recursive: true, force: true })
    program.remove()
  }
})

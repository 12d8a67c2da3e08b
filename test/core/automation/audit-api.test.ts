import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAuditApi } from '#core/automation/audit-api'
import type { AuditLine } from '#core/automation/audit-line'
import { contract } from '#shared/contract/contract'
import { AuditEntry } from '#shared/contract/audit'
import { PatchbayError } from '#shared/errors'
import { auditLine, type AuditWorld, openAuditWorld } from '#test/helpers/audit-world'

let world: AuditWorld
let api: ReturnType<typeof createAuditApi>
const person = { kind: 'ui' } as const

beforeEach(() => {
  world = openAuditWorld()
  api = createAuditApi({ db: world.db, chain: world.chain, log: world.log })
})
afterEach(() => world.close())

type Params<M extends 'list' | 'usage' | 'export'> = Parameters<(typeof contract.audit)[M]['params']['parse']>[0] & object
const list = async (params: Params<'list'> = {}) =>
  contract.audit.list.result.parse(await api.list(contract.audit.list.params.parse(params), person))
const usage = async (params: Params<'usage'> = {}) =>
  contract.audit.usage.result.parse(await api.usage(contract.audit.usage.params.parse(params), person))
const exported = async (params: Params<'export'> = {}) =>
  contract.audit.export.result.parse(await api.export(contract.audit.export.params.parse(params), person))

const at = (minute: number): string => new Date(Date.parse('2026-01-02T03:00:00.000Z') + minute * 60_000).toISOString()
const write = (...lines: Partial<AuditLine>[]): void => {
  for (const line of lines) {
    world.log.note(auditLine(line))
    world.log.settle()
  }
}

describe('audit.list', () => {
  it('gives the newest first, page by page, each line once, also what was noted a moment ago', async () => {
    for (let index = 0; index < 24; index++) write({ target: `GET /${index}` })
    world.log.note(auditLine({ target: 'GET /24' }))
    const targets: (string | null)[] = []
    let cursor: string | undefined
    do {
      const page = await list({ limit: 10, ...(cursor === undefined ? {} : { cursor }) })
      targets.push(...page.entries.map(({ target }) => target))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(targets).toEqual(Array.from({ length: 25 }, (_, index) => `GET /${24 - index}`))
  })

  it.each([
    [{ clientId: 'cli_2' }, [3]],
    [{ grantId: 'gr_2' }, [4]],
    [{ connectionId: 'con_2' }, [7, 5]],
    [{ connectionId: 'con_2', clientId: 'cli_3' }, [7]],
    [{ caller: 'ui' as const }, [6]],
    [{ outcome: 'denied' as const }, [7]],
    [{ method: 'connections.request' }, [2]],
    [{ method: 'grants.' }, [6]],
    [{ method: 'connections.ge' }, []],
    [{ since: '2026-01-02T03:06:00Z' }, [7, 6]],
    [{ until: at(1), caller: 'automation' as const }, [1]],
    [{ since: at(2), until: at(3) }, [3, 2]],
  ])('keeps to %j', async (filter, expected) => {
    write(
      { at: at(1) },
      { at: at(2), method: 'connections.request' },
      { at: at(3), clientId: 'cli_2' },
      { at: at(4), grantId: 'gr_2' },
      { at: at(5), connectionId: 'con_2' },
      { at: at(6), caller: 'ui', via: 'window', clientId: null, method: 'grants.approve', connectionId: null },
      { at: at(7), outcome: 'denied', clientId: 'cli_3', connectionId: 'con_2' },
    )
    expect((await list(filter)).entries.map(({ sequence }) => sequence)).toEqual(expected)
  })

  it('finds what lies far behind lines that do not fit', async () => {
    write({ method: 'rare' })
    for (let index = 0; index < 4_500; index++) world.log.note(auditLine({ target: String(index) }))
    write({ method: 'rare', clientId: 'cli_2' })
    expect((await list({ method: 'rare' })).entries.map(({ sequence }) => sequence)).toEqual([4_502, 1])
    expect((await list({ method: 'rare', clientId: 'cli_1' })).entries.map(({ sequence }) => sequence)).toEqual([1])
  })

  it('refuses a cursor that it did not give', async () => {
    await expect(list({ cursor: '1 OR 1' })).rejects.toThrow(new PatchbayError('cursor.invalid'))
  })
})

describe('audit.usage', () => {
  it('tells who used a connection, the last first, and who held its credential', async () => {
    write(
      { at: at(1) },
      { at: at(2), method: 'connections.request', code: '200' },
      { at: at(3), clientId: 'cli_2', clientName: 'Backups', method: 'connections.getCredentials' },
      { at: at(4), outcome: 'denied', code: 'automation.denied', method: 'connections.getCredentials' },
      { at: at(5), connectionId: 'con_2' },
      { at: at(6), caller: 'cli', via: 'terminal', clientId: null, clientName: null },
    )
    const used = (changes: object) => ({
      caller: 'automation',
      connectionId: 'con_1',
      handle: null,
      denied: 0,
      heldCredential: false,
      ...changes,
    })
    expect(await usage({ connectionId: 'con_1' })).toEqual({
      keptSince: at(1),
      uses: [
        used({ caller: 'cli', clientId: null, clientName: null, calls: 1, firstAt: at(6), lastAt: at(6) }),
        used({ clientId: 'cli_1', clientName: 'Reports', calls: 3, denied: 1, firstAt: at(1), lastAt: at(4) }),
        used({ clientId: 'cli_2', clientName: 'Backups', calls: 1, firstAt: at(3), lastAt: at(3), heldCredential: true }),
      ],
    })
  })

  it('tells what a client used, over many lines and since a time, counting calls and not lines', async () => {
    for (let index = 0; index < 4_500; index++)
      world.log.note(auditLine({ at: at(index), connectionId: `con_${index % 3}`, target: String(index) }))
    world.log.note(auditLine({ at: at(0), connectionId: 'con_0', target: '0' }))
    world.log.note(auditLine({ clientId: 'cli_2' }))
    const all = await usage({ clientId: 'cli_1' })
    expect(all.uses.map(({ connectionId, calls }) => [connectionId, calls])).toEqual([
      ['con_2', 1_500],
      ['con_1', 1_500],
      ['con_0', 1_501],
    ])
    expect(all.uses.at(-1)).toMatchObject({ firstAt: at(0), lastAt: at(4_497) })
    const late = await usage({ clientId: 'cli_1', since: at(4_498) })
    expect(late.uses.map(({ connectionId, calls }) => [connectionId, calls])).toEqual([
      ['con_2', 1],
      ['con_1', 1],
    ])
  })
})

describe('audit.verify', () => {
  it('says that all fits, or what does not', async () => {
    write({}, {}, {})
    world.log.note(auditLine({ method: 'last' }))
    expect(await api.verify({}, person)).toEqual({ isIntact: true, checked: 4, firstSequence: 1, lastSequence: 4, faults: [] })
    world.db.run("UPDATE audit SET outcome = 'failed' WHERE sequence = 2")
    expect(await api.verify({}, person)).toMatchObject({ isIntact: false, faults: [{ sequence: 2, kind: 'changed' }] })
  })
})

describe('audit.export', () => {
  const whole = async (params: Params<'export'>): Promise<{ text: string; parts: number }> => {
    let text = ''
    let parts = 0
    let cursor: string | undefined
    do {
      const part = await exported({ ...params, ...(cursor === undefined ? {} : { cursor }) })
      text += part.text
      parts += 1
      cursor = part.nextCursor ?? undefined
    } while (cursor !== undefined)
    return { text, parts }
  }

  it('gives all lines, the oldest first, each as one JSON object, in parts that a transport carries', async () => {
    for (let index = 0; index < 2_500; index++)
      world.log.note(
        auditLine({ target: `GET /${index}/${'\u4e16'.repeat(190)}`, program: '\u4e16'.repeat(200), clientName: '\u4e16'.repeat(200) }),
      )
    const first = await exported({})
    expect(Buffer.byteLength(first.text)).toBeLessThan(4 * 1_048_576)
    const { text, parts } = await whole({})
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => AuditEntry.parse(JSON.parse(line)))
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1))
    expect(parts).toBeGreaterThan(2)
  })

  it('gives a table whose cells no spreadsheet takes for a formula, with its head once', async () => {
    write({ clientName: '=HYPERLINK("http://x")', target: 'GET /a,b' }, { clientName: '@SUM(1)' }, { outcome: 'denied' })
    for (let index = 0; index < 1_500; index++) world.log.note(auditLine({ clientName: '+1', target: String(index) }))
    const { text, parts } = await whole({ format: 'csv' })
    const lines = text.split('\r\n')
    expect(parts).toBe(2)
    expect(lines[0]).toBe(
      'sequence,at,caller,via,clientId,clientName,grantId,program,pid,method,profileId,connectionId,handle,target,outcome,code,durationMs,count',
    )
    expect(lines[1]).toContain('"\'=HYPERLINK(""http://x"")",')
    expect(lines[1]).toContain('"GET /a,b"')
    expect(lines[2]).toContain(",'@SUM(1),")
    expect(lines).toHaveLength(1 + 1_503 + 1)
    expect(lines.filter((line) => /(^|,)[=+@]/.test(line))).toEqual([])
    expect((await whole({ format: 'csv', outcome: 'denied' })).text.split('\r\n')).toHaveLength(3)
  })
})

import type { Caller } from '#core/caller'
import { METHODS } from '#shared/contract/contract'
import { startFakeNango } from '#test/helpers/fake-nango'
import { openFolderBeside } from '#test/helpers/open-folder'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { pairProgram } from '#test/helpers/paired-program'
import type { FuzzTarget } from './method-fuzz.ts'

/** Somebody who may call a method at all. */
const callerOf = (method: string, program: Caller): Caller => {
  const callers = METHODS.get(method)?.callers ?? []
  if (callers.includes('ui')) return { kind: 'ui' }
  return callers.includes('cli') ? { kind: 'cli', isTrusted: true, terminal: null } : program
}

const rowsOf = (db: Awaited<ReturnType<typeof openFolderBeside>>): string => {
  const tables = db
    .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .filter(({ name }) => !name.startsWith('audit') && !name.startsWith('connection_search'))
  return tables.map(({ name }) => `${name} ${JSON.stringify(db.all(`SELECT * FROM ${name}`))}`).join('\n')
}

/** A core with 20 connections and everything it logs, to be fuzzed through its one door. */
export const startFuzzTarget = async (): Promise<
  FuzzTarget & { readonly callAsProgram: FuzzTarget['call']; readonly core: TestCore; readonly stop: () => Promise<void> }
> => {
  const nango = await startFakeNango({ rateLimitPerMinute: 10_000_000 })
  nango.fillConnections(20)
  const core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, LOG_LEVEL: 'debug' } })
  await core.cli.sync.run({})
  const { caller: program } = await pairProgram(core, {
    verbs: ['read', 'request', 'write', 'secret'],
    connections: { kind: 'connectors', connectorIds: ['n8n'] },
  })
  const beside = await openFolderBeside(core.platform)
  return {
    core,
    folder: core.platform.dataFolder,
    settings: () => core.platform.settings.read(),
    rows: () => rowsOf(beside),
    call: (method, params) => core.core.dispatch(callerOf(method, program), method, params),
    callAsProgram: (method, params) => core.core.dispatch(program, method, params),
    stop: async () => {
      beside.close()
      await core.stop()
      await nango.stop()
    },
  }
}

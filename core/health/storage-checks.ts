import { asSaid, say, sayCode, sayNext } from '#shared/sentence'
import { CODES, isPassing } from '../database/storage-reason.ts'
import { type CheckSpec, type DoctorSubjects, fail, type Finding, ok, warn } from './doctor-subjects.ts'

const checkVault = ({ vault }: DoctorSubjects): Finding[] => {
  const status = vault()
  if (status.state !== 'open') {
    const code = status.state === 'missing' ? 'vault.key_missing' : 'vault.locked'
    const fix = { words: sayNext(code), action: { route: '/settings/vault' } }
    return [fail('vault', 'vault', sayCode(code), fix, status.reason === null ? [] : [status.reason])]
  }
  const { backend } = status
  const summary = [
    backend === null ? say('vault.open-unsealed') : say('vault.open', { backend }),
    ...(status.said?.protection ?? [asSaid(status.protection)]),
  ]
  const evidence = status.available
    .filter(({ isAvailable }) => !isAvailable)
    .map(({ tier, reason }) => `${tier}: ${reason ?? 'not available'}`)
  if (status.tier !== 'key-file') return [ok('vault', 'vault', summary, evidence)]
  const words = say('vault.set-passphrase')
  return [warn('vault', 'vault', summary, { words, action: { route: '/settings/vault' } }, evidence)]
}

const NOTICE_WORDS = {
  rolled_back: say('storage.rolled-back'),
  restored: say('storage.restored'),
  quarantined: say('storage.quarantined'),
  unproven: say('storage.unproven'),
} as const

const checkStorage = ({ storage }: DoctorSubjects): Finding[] => {
  const { state, reason, since, isWritable, notice, backups } = storage()
  const evidence = [
    `state ${state}`,
    ...(since === null ? [] : [`since ${since}`]),
    ...(notice === null
      ? []
      : [`notice ${notice.kind} at ${notice.at}${notice.lostWrites === null ? '' : `, ${notice.lostWrites} writes`}`]),
  ]
  if (reason !== null) {
    const route = state === 'rescue' ? {} : { action: { route: '/settings/data' } }
    const words = [sayNext(CODES[reason]), ...(isPassing(reason) ? [say('storage.by-itself')] : [])]
    const canRestore = backups.count > 0 && (reason === 'corrupt' || reason === 'missing')
    const restore = { words: [...words, say('storage.backups-here', { count: backups.count })], action: { route: '/settings/data' } }
    const summary = [reason === 'io' ? say('storage.io') : sayCode(CODES[reason]), ...(isWritable ? [] : [say('storage.nothing-stored')])]
    return [fail('storage', 'storage', summary, canRestore ? restore : { words, ...route }, evidence)]
  }
  if (notice !== null) {
    const fix = { words: say('storage.acknowledge'), action: { method: 'system.acknowledgeStorage', params: {} } }
    return [warn('storage', 'storage', NOTICE_WORDS[notice.kind], fix, evidence)]
  }
  return state === 'open' ? [ok('storage', 'storage', say('storage.good'), evidence)] : []
}

const DAY_MS = 86_400_000
const STALE_BACKUP_MS = 3 * DAY_MS

const checkBackups = ({ storage, platform }: DoctorSubjects): Finding[] => {
  const { backups, state, isWritable } = storage()
  if (state === 'closed') return []
  const make = { words: say('backups.make'), action: { method: 'backup.create', params: {} } }
  const fix = isWritable ? make : { words: say('backups.later') }
  if (backups.newestAt === null) return [warn('storage', 'backups', say('backups.none'), fix)]
  const age = platform.now() - Date.parse(backups.newestAt)
  const evidence = [`count ${backups.count}`, `newest ${backups.newestAt}`]
  const days = Math.floor(age / DAY_MS)
  if (age > STALE_BACKUP_MS) return [warn('storage', 'backups', say('backups.days', { days }), fix, evidence)]
  return [ok('storage', 'backups', age < DAY_MS ? say('backups.young') : say('backups.days', { days }), evidence)]
}

const checkAudit = ({ audit }: DoctorSubjects): Finding[] => {
  const { trouble, head } = audit()
  if (trouble !== null) {
    const evidence = [`waiting ${trouble.waiting}`, `lost ${trouble.lost}`]
    const words = [sayNext('audit.unavailable'), say('storage.by-itself')]
    return [fail('storage', 'audit', sayCode('audit.unavailable'), { words }, evidence)]
  }
  const line = head?.unprovenFrom ?? null
  if (line === null) return []
  return [warn('storage', 'audit', say('audit.unproven', { line }), { words: say('audit.look') }, [`unproven from ${line}`])]
}

const checkPages = ({ engine, storage }: DoctorSubjects): Finding[] => {
  const subjects = engine()
  if (subjects === null || storage().state === 'rescue') return []
  const fault = subjects.storageCheck()
  const evidence = [`schema version ${subjects.schemaVersion()}`]
  if (fault === null) return [ok('storage', 'database', say('database.good'), evidence)]
  const summary = fault === '' ? say('database.silent') : asSaid(fault)
  return [fail('storage', 'database', summary, { words: sayNext('storage.corrupt'), action: { route: '/settings/data' } }, evidence)]
}

/** The vault, the state of the stored data, its backups, the audit and the pages. */
export const STORAGE_CHECKS: readonly CheckSpec[] = [
  { id: 'vault', group: 'vault', run: checkVault },
  { id: 'storage', group: 'storage', run: checkStorage },
  { id: 'backups', group: 'storage', run: checkBackups },
  { id: 'audit', group: 'storage', run: checkAudit },
  { id: 'database', group: 'storage', run: checkPages },
]

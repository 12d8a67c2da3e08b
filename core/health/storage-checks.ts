import { ERRORS } from '#shared/errors'
import { CODES, isPassing } from '../database/storage-reason.ts'
import { type CheckSpec, type DoctorSubjects, fail, type Finding, ok, warn } from './doctor-subjects.ts'

const checkVault = ({ vault }: DoctorSubjects): Finding[] => {
  const status = vault()
  if (status.state !== 'open') {
    const code = status.state === 'missing' ? 'vault.key_missing' : 'vault.locked'
    const { message, next } = ERRORS[code]
    return [
      fail('vault', 'vault', message, { words: next, action: { route: '/settings/vault' } }, status.reason === null ? [] : [status.reason]),
    ]
  }
  const summary = `The vault is open, sealed by ${status.backend ?? 'nothing'}. ${status.protection}`
  const evidence = status.available
    .filter(({ isAvailable }) => !isAvailable)
    .map(({ tier, reason }) => `${tier}: ${reason ?? 'not available'}`)
  if (status.tier !== 'key-file') return [ok('vault', 'vault', summary, evidence)]
  const words = 'Set a passphrase: `patchbay vault setPassphrase`, or in Settings.'
  return [warn('vault', 'vault', summary, { words, action: { route: '/settings/vault' } }, evidence)]
}

const WORDS_OF_REASON = {
  corrupt: 'The database is damaged.',
  future: 'The database was written by a newer Patchbay.',
  read_only: 'The data folder cannot be written.',
  full: 'The disk is full.',
  io: 'The disk does not answer as it should.',
  missing: 'The database is gone from its place.',
} as const

const NOTICE_WORDS = {
  rolled_back: 'The stored data is older than it was: a former state of the data folder was put back.',
  restored: 'A backup is in place of the former data.',
  quarantined: 'The database was started anew; the former files are kept.',
  unproven: 'Nobody can say whether stored data was put back: the mark that would prove it is gone.',
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
    const words = `${ERRORS[CODES[reason]].next}${isPassing(reason) ? ' It then goes on by itself.' : ''}`
    const canRestore = backups.count > 0 && (reason === 'corrupt' || reason === 'missing')
    return [
      fail(
        'storage',
        'storage',
        `${WORDS_OF_REASON[reason]}${isWritable ? '' : ' Nothing can be stored now.'}`,
        canRestore
          ? {
              words: `${words} ${backups.count === 1 ? 'One backup is' : `${backups.count} backups are`} here: \`patchbay backup list\`.`,
              action: { route: '/settings/data' },
            }
          : { words, ...route },
        evidence,
      ),
    ]
  }
  if (notice !== null) {
    const words = 'Read what it means in the window, then say that you have read it.'
    return [
      warn(
        'storage',
        'storage',
        NOTICE_WORDS[notice.kind],
        { words, action: { method: 'system.acknowledgeStorage', params: {} } },
        evidence,
      ),
    ]
  }
  return state === 'open' ? [ok('storage', 'storage', 'The database is open and takes what is written.', evidence)] : []
}

const STALE_BACKUP_MS = 3 * 86_400_000

const checkBackups = ({ storage, platform }: DoctorSubjects): Finding[] => {
  const { backups, state, isWritable } = storage()
  if (state === 'closed') return []
  const make = { words: 'Make one now: `patchbay backup create`, or in Settings.', action: { method: 'backup.create', params: {} } }
  const fix = isWritable ? make : { words: 'One is made as soon as the data folder can be written.' }
  if (backups.newestAt === null) return [warn('storage', 'backups', 'There is no backup yet.', fix)]
  const age = platform.now() - Date.parse(backups.newestAt)
  const evidence = [`count ${backups.count}`, `newest ${backups.newestAt}`]
  if (age > STALE_BACKUP_MS)
    return [warn('storage', 'backups', `The newest backup is ${Math.floor(age / 86_400_000)} days old.`, fix, evidence)]
  return [
    ok(
      'storage',
      'backups',
      `The newest backup is ${age < 86_400_000 ? 'less than a day' : `${Math.floor(age / 86_400_000)} days`} old.`,
      evidence,
    ),
  ]
}

const checkPages = ({ engine, storage }: DoctorSubjects): Finding[] => {
  const subjects = engine()
  if (subjects === null || storage().state === 'rescue') return []
  const fault = subjects.storageCheck()
  const evidence = [`schema version ${subjects.schemaVersion()}`]
  if (fault === null) return [ok('storage', 'database', 'The database answers and every page of it is whole.', evidence)]
  return [fail('storage', 'database', fault, { words: ERRORS['storage.corrupt'].next, action: { route: '/settings/data' } }, evidence)]
}

/** The vault, the state of the stored data, its backups and its pages. */
export const STORAGE_CHECKS: readonly CheckSpec[] = [
  { id: 'vault', group: 'vault', run: checkVault },
  { id: 'storage', group: 'storage', run: checkStorage },
  { id: 'backups', group: 'storage', run: checkBackups },
  { id: 'database', group: 'storage', run: checkPages },
]

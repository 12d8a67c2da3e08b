import type { RevocationReport, RevocationScope } from '#shared/contract/connection-life'
import type { Connection, RemovalReport } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { clockTime, dayName } from '#renderer/ui/relative-words.ts'

/** What is done: access ended and all deleted, deleted, only forgotten here, or only access ended. */
export type Way = 'revoke-remove' | 'remove' | 'forget' | 'revoke'

/** One place and what happens there. */
export interface PlaceWords {
  readonly place: string
  readonly words: string
}

const endsAt = ({ expiresAt }: Pick<Connection, 'expiresAt'>, now: number): string | null =>
  expiresAt === null || Date.parse(expiresAt) <= now
    ? null
    : Date.parse(expiresAt) - now < 43_200_000
      ? clockTime(expiresAt)
      : dayName(expiresAt, now)

/** How long access lives on where it is not ended. */
const livesOn = (connection: Pick<Connection, 'expiresAt'>, now: number): string => {
  const time = endsAt(connection, now)
  return time === null ? t('life.revoke.lives-on') : t('life.revoke.lives-until', { time })
}

const atProvider = (way: Way, scope: RevocationScope | null, connection: Pick<Connection, 'expiresAt'>, now: number): string => {
  if (way === 'forget') return t('life.revoke.works-on')
  if (way === 'revoke' || way === 'revoke-remove')
    return t(scope?.ends === 'tokens' ? 'life.revoke.ends-tokens' : 'life.revoke.ends-sign-in')
  if (scope === null) return t('life.revoke.not-ended')
  if (scope.why === 'key') return t('life.revoke.key')
  return scope.why === 'no_way'
    ? `${t('life.revoke.no-way')} ${livesOn(connection, now)}`
    : `${t('life.revoke.not-ended')} ${livesOn(connection, now)}`
}

/** What will happen, place by place, before it does. */
export const willHappen = (
  way: Way,
  scope: RevocationScope | null,
  connection: Pick<Connection, 'expiresAt'>,
  names: { readonly connector: string; readonly place: string },
  now: number,
): readonly PlaceWords[] => [
  { place: names.connector, words: atProvider(way, scope, connection, now) },
  {
    place: names.place,
    words: t(way === 'forget' ? 'life.revoke.nango-kept' : way === 'revoke' ? 'life.revoke.nango-stays' : 'life.revoke.nango-deleted'),
  },
  { place: t('life.revoke.here'), words: t(way === 'revoke' ? 'life.revoke.here-revoked' : 'life.revoke.here-forgotten') },
]

/** What became of each token, such as `Access token: ended.` */
export const tokenWords = ({ token, outcome }: RevocationReport['tokens'][number]): string =>
  t('life.revoke.token', { token: t(`life.token.${token}`), outcome: t(`life.revoked.${outcome}`) })

/** What happened at the provider, from what was asked of it. */
const reportAtProvider = (
  revocation: RevocationReport | null,
  way: Way,
  connection: Pick<Connection, 'expiresAt'>,
  now: number,
): string => {
  if (revocation === null) return t(way === 'forget' ? 'life.report.works-on' : 'life.report.not-asked')
  if (revocation.outcome === 'revoked') return t('life.report.revoked')
  if (revocation.outcome === 'failed') return t('life.report.failed')
  return `${t(revocation.outcome === 'unknown' ? 'life.report.unknown' : 'life.report.unsupported')} ${livesOn(connection, now)}`
}

/** What happened, place by place. */
export const didHappen = (
  report: { readonly way: Way; readonly revocation: RevocationReport | null; readonly removal: RemovalReport | null },
  connection: Pick<Connection, 'expiresAt'>,
  names: { readonly connector: string; readonly place: string },
  now: number,
): readonly PlaceWords[] => [
  { place: names.connector, words: reportAtProvider(report.revocation, report.way, connection, now) },
  { place: names.place, words: report.removal === null ? t('life.report.nango-stays') : t(`life.report.${report.removal.nango}`) },
  { place: t('life.revoke.here'), words: t(report.removal === null ? 'life.report.here-revoked' : 'life.report.forgotten') },
]

import type { ReactNode } from 'react'
import type { Connection } from '#shared/contract/connections'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Chip } from '../../ui/chip.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { StatusGlyph } from '../../ui/status-glyph.tsx'
import { reasonWords } from './import-words.ts'
import type { AdoptStep, AdoptWork, Foreign } from './use-adopt.ts'

const MOST_TAGS = 3

/** The tags that are neither whose it is nor ours. */
const tagsOf = ({ tags }: Connection): readonly (readonly [string, string])[] =>
  Object.entries(tags).filter(([key]) => !key.startsWith('end_user_') && !key.startsWith('patchbay_'))

/** Whose a connection is, as far as Nango's tags or the account tell; what it is called by already is not said twice. */
const ownerOf = ({ tags, identity, label }: Connection): string | null =>
  [tags['end_user_email'], tags['end_user_display_name'], tags['end_user_id'], identity?.email, identity?.displayName].find(
    (owner) => owner != null && owner !== label,
  ) ?? null

const Facts = ({ connection, reason }: { readonly connection: Connection; readonly reason: Foreign['reason'] }) => {
  const tags = tagsOf(connection)
  const owner = ownerOf(connection)
  const why = reason === null ? null : reasonWords(reason)
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="flex min-w-0 flex-wrap items-center gap-x-1.5 text-small text-ink-3">
        <bdi className="truncate">{owner === null ? connection.handle : t('import.adopt.owner', { owner })}</bdi>
        {tags.slice(0, MOST_TAGS).map(([key, value]) => (
          <Chip key={key}>
            <bdi>{`${key}: ${value}`}</bdi>
          </Chip>
        ))}
        {tags.length > MOST_TAGS ? <span>{t('import.adopt.more-tags', { count: formatNumber(tags.length - MOST_TAGS) })}</span> : null}
      </span>
      {why === null ? null : (
        <span className="text-small text-attention">
          <bdi>{why.text}</bdi> {why.detail === null ? null : <bdi lang="en">{why.detail}</bdi>}
        </span>
      )}
    </span>
  )
}

/** The logo beside what is said of a connection; the boxes to tick stand below each other. */
const Row = ({ connection, name, children }: { readonly connection: Connection; readonly name: string; readonly children: ReactNode }) => (
  <span className="flex min-w-0 items-start gap-2.5">
    <LogoTile connectorId={connection.connectorId} name={name} />
    <span className="flex min-w-0 flex-col">{children}</span>
  </span>
)

/** The connections that were made elsewhere, ticked where they can be adopted. */
export const AdoptList = ({
  state,
  work,
  nameOf,
}: {
  readonly state: Extract<AdoptStep, { step: 'choose' }>
  readonly work: AdoptWork
  readonly nameOf: (connectorId: string) => string
}) => {
  const { found, chosen, total } = state
  const able = found.filter(({ outcome }) => outcome === 'adopt').map(({ connection }) => connection.connectionId)
  const elsewhere = found.filter(({ reason }) => reason?.code === 'owned_elsewhere').length
  const titleOf = ({ connectorId, label }: Connection): string => (label === null ? nameOf(connectorId) : `${nameOf(connectorId)} ${label}`)
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-2">{t('import.adopt.lead')}</p>
      <div className="overflow-hidden rounded-8 border border-line">
        <div className="border-b border-line bg-canvas px-3 py-1 font-medium">
          <Checkbox
            label={t('import.adopt.all', { chosen: formatNumber(chosen.size), all: formatNumber(able.length) })}
            isChecked={able.length > 0 && chosen.size === able.length}
            isMixed={chosen.size > 0 && chosen.size < able.length}
            onChange={(isChosen) => work.choose(able, isChosen)}
          />
        </div>
        <ul aria-label={t('import.adopt.list')} tabIndex={0} className="max-h-72 divide-y divide-line overflow-y-auto">
          {found.map(({ connection, outcome, reason }) => (
            <li key={connection.connectionId} className="px-3 py-1.5">
              {outcome === 'adopt' ? (
                <Checkbox
                  label={
                    <Row connection={connection} name={nameOf(connection.connectorId)}>
                      <bdi className="font-medium">{titleOf(connection)}</bdi>
                      <Facts connection={connection} reason={null} />
                    </Row>
                  }
                  isChecked={chosen.has(connection.connectionId)}
                  onChange={(isChosen) => work.choose([connection.connectionId], isChosen)}
                />
              ) : (
                <span className="flex items-start gap-2 py-0.5">
                  <StatusGlyph glyph={outcome === 'done_before' ? 'connected' : 'attention'} name={true} />
                  <Row connection={connection} name={nameOf(connection.connectorId)}>
                    <bdi className="font-medium">{titleOf(connection)}</bdi>
                    <Facts connection={connection} reason={reason} />
                  </Row>
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
      {total > found.length ? (
        <p className="text-small text-ink-3">
          {t('import.adopt.first', { count: formatNumber(found.length), total: formatNumber(total) })}
        </p>
      ) : null}
      {elsewhere === 0 && !work.takesOver ? null : (
        <Checkbox
          isChecked={work.takesOver}
          onChange={work.setTakesOver}
          label={
            <>
              {t('import.adopt.take-over')}
              <span className="block text-small text-ink-3">{t('import.adopt.take-over-text')}</span>
            </>
          }
        />
      )}
    </div>
  )
}

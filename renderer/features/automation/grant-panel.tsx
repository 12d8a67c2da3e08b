import { KeyRound, Pencil, ShieldX, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Grant } from '#shared/contract/grants'
import { useRead } from '#renderer/api/use-api.ts'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { LogoTile } from '#renderer/ui/logo-tile.tsx'
import { Fact, Facts, Section } from '#renderer/ui/panel-section.tsx'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { AfterAMoment } from '#renderer/ui/skeleton-rows.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { entryWords, OUTCOME_GLYPH } from './audit-words.ts'
import { EditGrantSheet } from './edit-grant-sheet.tsx'
import { GrantButton } from './grant-button.tsx'
import { callsWords, endsWords, paceWords, quoted, ruleWords, tame, VERBS } from './grant-words.ts'
import { PanelFrame } from './panel-frame.tsx'
import { ProgramFacts } from './program-facts.tsx'
import { ProgramTile } from './program-tile.tsx'
import { RevokeTouchedSheet } from './revoke-touched-sheet.tsx'
import type { GrantActs } from './use-grant-acts.ts'

const SHOWN_LINES = 12
const LINK = 'text-accent underline underline-offset-2'

const Terms = ({ grant, now }: { readonly grant: Grant; readonly now: number }) => {
  const { verbs, limits, asksEachTime, term, endsAt, state } = grant
  const pace = paceWords(limits)
  return (
    <Facts>
      <Fact name={t('automation.column.may')}>
        <ul>
          {VERBS.filter((verb) => verbs.includes(verb)).map((verb) => (
            <li key={verb} className={verb === 'secret' ? 'flex items-center gap-1 text-attention' : ''}>
              {verb === 'secret' ? <KeyRound aria-hidden="true" className="size-3.5" /> : null}
              {t(`automation.verb.${verb}`)}
            </li>
          ))}
        </ul>
      </Fact>
      {verbs.includes('request') ? (
        <Fact name={t('automation.panel.calls')}>
          {limits.rules.length === 0 ? (
            t('automation.verb-text.request')
          ) : (
            <ul className="font-mono text-caption leading-4">
              {limits.rules.map((rule) => (
                <li key={ruleWords(rule)}>{ruleWords(rule)}</li>
              ))}
            </ul>
          )}
        </Fact>
      ) : null}
      <Fact name={t('automation.panel.limits')}>
        {[...pace, ...(asksEachTime ? [t('automation.limit.asks')] : [])].join(', ') || t('automation.limit.none')}
      </Fact>
      <Fact name={t('automation.panel.for')}>{t(`automation.term.${term}`)}</Fact>
      <Fact name={t('automation.column.ends')}>
        {endsWords(grant, now)}
        {state === 'active' && endsAt !== null ? <span className="text-ink-2"> · {exactTime(endsAt)}</span> : null}
      </Fact>
    </Facts>
  )
}

const Reached = ({ grant, nameOf }: { readonly grant: Grant; readonly nameOf: (connectorId: string) => string }) => (
  <ul className="flex flex-col gap-1">
    {grant.covered.map(({ connectionId, connectorId, handle, status }) => (
      <li key={connectionId} className="flex min-w-0 items-center gap-2">
        <LogoTile connectorId={connectorId} name={nameOf(connectorId)} />
        <Link href={paths.connection(connectionId)} className={`min-w-0 flex-1 font-mono text-small [overflow-wrap:anywhere] ${LINK}`}>
          <bdi>{handle}</bdi>
        </Link>
        <StatusGlyph glyph={status} size={14} name={true} />
      </li>
    ))}
    {grant.coveredCount > grant.covered.length ? (
      <li className="text-small text-ink-2">{t('automation.card.more-covered', { count: grant.coveredCount - grant.covered.length })}</li>
    ) : null}
    {grant.coveredCount === 0 ? <li className="text-ink-3">{t('automation.reach.none')}</li> : null}
  </ul>
)

const reachAside = ({ connections }: Grant, nameOf: (connectorId: string) => string): string | undefined => {
  if (connections.kind === 'connectors')
    return t('automation.reach.connector', { name: connections.connectorIds.map((id) => spokenName(nameOf(id))).join(', ') })
  if (connections.kind === 'tag') return t('automation.reach.tag-name', { tag: connections.tag })
  return connections.kind === 'all' ? t('automation.reach.all-name') : undefined
}

const Did = ({ grant, now }: { readonly grant: Grant; readonly now: number }) => {
  const { data, error } = useRead('audit.list', { grantId: grant.grantId, limit: SHOWN_LINES })
  const entries = data?.entries ?? []
  if (error !== null && data === undefined) return <p className="text-ink-3">{t('automation.audit.unreadable')}</p>
  if (data === undefined)
    return (
      <AfterAMoment>
        <p className="text-ink-3">{t('automation.reading')}</p>
      </AfterAMoment>
    )
  if (entries.length === 0) return <p className="text-ink-3">{t('automation.panel.nothing')}</p>
  return (
    <>
      <ul className="flex flex-col gap-1 text-small">
        {entries.map((entry) => {
          const glyph = OUTCOME_GLYPH[entry.outcome]
          return (
            <li key={entry.sequence} className="flex min-w-0 items-center gap-2">
              <span className="w-14 flex-none text-ink-3 tabular-nums">
                <RelativeTime at={entry.at} now={now} />
              </span>
              {glyph === null ? null : <StatusGlyph glyph={glyph} size={12} name={t(`automation.outcome.${entry.outcome}`)} />}
              <bdi className="min-w-0 flex-1 truncate font-mono" title={entryWords(entry)}>
                {entryWords(entry)}
              </bdi>
              {entry.count > 1 ? <span className="flex-none text-ink-3">×{formatNumber(entry.count)}</span> : null}
              <bdi className="max-w-2/5 flex-none truncate font-mono text-ink-2" title={entry.handle ?? undefined}>
                {entry.handle}
              </bdi>
            </li>
          )
        })}
      </ul>
      <Link href={paths.auditOf('grant', grant.grantId)} className={`self-start text-small ${LINK}`}>
        {t('automation.panel.all-lines')}
      </Link>
    </>
  )
}

const Touched = ({ grant, now, onRevoke }: { readonly grant: Grant; readonly now: number; readonly onRevoke: () => void }) => {
  const { data } = useRead('audit.usage', { clientId: grant.clientId })
  const uses = data?.uses ?? []
  if (uses.length === 0) return <p className="text-ink-3">{t('automation.panel.touched-none')}</p>
  return (
    <>
      <ul className="flex flex-col gap-1 text-small">
        {uses.slice(0, SHOWN_LINES).map(({ connectionId, handle, calls, denied, lastAt, heldCredential }) => (
          <li key={connectionId} className="flex min-w-0 items-center gap-2">
            <bdi className="min-w-0 flex-1 truncate font-mono" title={handle ?? connectionId}>
              {handle ?? t('automation.panel.gone')}
            </bdi>
            {heldCredential ? (
              <span className="flex flex-none items-center gap-1 text-attention">
                <KeyRound aria-hidden="true" className="size-3.5" />
                {t('automation.panel.held')}
              </span>
            ) : null}
            <span className="flex-none text-ink-2">{callsWords(calls, denied)}</span>
            <span className="w-14 flex-none text-right text-ink-3 tabular-nums">
              <RelativeTime at={lastAt} now={now} />
            </span>
          </li>
        ))}
      </ul>
      <Button size="small" variant="danger" icon={ShieldX} className="self-start" onClick={onRevoke}>
        {t('automation.panel.revoke')}
      </Button>
    </>
  )
}

/** One grant in full: its terms, its program, what it did and which connections that touched. */
export const GrantPanel = ({
  grant,
  now,
  nameOf,
  acts,
  onClose,
}: {
  readonly grant: Grant
  readonly now: number
  readonly nameOf: (connectorId: string) => string
  readonly acts: GrantActs
  readonly onClose: () => void
}) => {
  const [sheet, setSheet] = useState<'edit' | 'revoke' | null>(null)
  const { clientName, program, purpose, keyFingerprint, via, requestedAt, approvedAt, endedAt, state, callsToday } = grant
  const fact = (name: string, at: string | null): ReactNode =>
    at === null ? null : (
      <Fact name={name}>
        <time dateTime={at}>{exactTime(at)}</time>
      </Fact>
    )
  return (
    <PanelFrame
      name={t('automation.panel.name', { name: tame(clientName) })}
      head={
        <>
          <ProgramTile size={40} />
          <div className="min-w-0 flex-1 self-center">
            <h2 className="text-lead font-semibold [overflow-wrap:anywhere]">
              <bdi>{quoted(clientName)}</bdi>
            </h2>
            <p className="text-small text-ink-2">
              {t(`automation.state.${state}`)} · {endsWords(grant, now)}
            </p>
          </div>
          {via === 'mcp' ? <Chip>{t('automation.via.mcp')}</Chip> : null}
        </>
      }
      close={<IconButton icon={X} name={t('automation.panel.close')} keyCap="Esc" onClick={onClose} />}
      foot={
        <>
          {state === 'active' ? (
            <Button size="small" icon={Pencil} onClick={() => setSheet('edit')}>
              {t('automation.panel.edit')}
            </Button>
          ) : null}
          <span className="flex-1" />
          <GrantButton grant={grant} acts={acts} />
        </>
      }
    >
      <Section title={t('automation.panel.terms')}>
        <Terms grant={grant} now={now} />
      </Section>
      <Section title={t('automation.column.connections')} aside={reachAside(grant, nameOf)}>
        <Reached grant={grant} nameOf={nameOf} />
      </Section>
      <Section title={t('automation.facts.program')}>
        <ProgramFacts program={program} purpose={purpose} />
        <Facts>
          <Fact name={t('automation.panel.key')}>
            <code className="font-mono">{keyFingerprint}</code>
          </Fact>
          {fact(t('automation.panel.asked'), requestedAt)}
          {fact(t('automation.panel.approved'), approvedAt)}
          {fact(t('automation.panel.ended'), endedAt)}
        </Facts>
      </Section>
      <Section title={t('automation.panel.did')} aside={t('automation.panel.today', { count: callsToday })}>
        <Did grant={grant} now={now} />
      </Section>
      <Section title={t('automation.panel.touched')}>
        <Touched grant={grant} now={now} onRevoke={() => setSheet('revoke')} />
      </Section>
      {sheet === 'edit' ? <EditGrantSheet grant={grant} onClose={() => setSheet(null)} /> : null}
      {sheet === 'revoke' ? <RevokeTouchedSheet grant={grant} now={now} onClose={() => setSheet(null)} /> : null}
    </PanelFrame>
  )
}

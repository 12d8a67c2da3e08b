import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { AuditEntry } from '#shared/contract/audit'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { Fact, Facts } from '#renderer/ui/panel-section.tsx'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { codeWords, entryWords, whoWords } from './audit-words.ts'
import { PanelFrame } from './panel-frame.tsx'

const mono = (words: ReactNode): ReactNode => <bdi className="font-mono">{words}</bdi>
const LINK = 'text-accent underline underline-offset-2'

/** One line of the audit with all that it holds; nothing in it is a value. */
export const AuditPanel = ({
  entry,
  onClose,
  onOnly,
}: {
  readonly entry: AuditEntry
  readonly onClose: () => void
  /** Keeps the list to what is like it. */
  readonly onOnly: (part: { readonly clientId?: string; readonly connectionId?: string }) => void
}) => {
  const { sequence, at, via, clientId, grantId, program, pid, method, connectionId, handle, target, outcome, durationMs, count } = entry
  const code = codeWords(entry)
  return (
    <PanelFrame
      name={t('automation.audit.line', { number: formatNumber(sequence) })}
      head={
        <div className="min-w-0 flex-1">
          <h2 className="text-lead font-semibold [overflow-wrap:anywhere]">
            <bdi>{entryWords(entry)}</bdi>
          </h2>
          <p className="text-small text-ink-2">{t('automation.audit.line', { number: formatNumber(sequence) })}</p>
        </div>
      }
      close={<IconButton icon={X} name={t('automation.panel.close')} keyCap="Esc" onClick={onClose} />}
    >
      <div className="px-4 pb-4">
        <Facts>
          <Fact name={t('automation.audit.at')}>{exactTime(at)}</Fact>
          <Fact name={t('automation.audit.outcome')}>
            {t(`automation.outcome.${outcome}`)}
            {code === null ? null : <bdi className="text-ink-2"> · {code}</bdi>}
          </Fact>
          <Fact name={t('automation.audit.who')}>
            <bdi>{whoWords(entry)}</bdi> <span className="text-ink-2">{t(`automation.via.${via}`)}</span>
          </Fact>
          {program === null ? null : <Fact name={t('automation.facts.program')}>{mono(program)}</Fact>}
          {pid === null ? null : <Fact name={t('automation.audit.process')}>{pid}</Fact>}
          <Fact name={t('automation.audit.method')}>{mono(method)}</Fact>
          {target === null ? null : <Fact name={t('automation.audit.target')}>{mono(target)}</Fact>}
          {handle === null && connectionId === null ? null : (
            <Fact name={t('automation.column.connection')}>
              {connectionId === null ? (
                mono(handle)
              ) : (
                <Link href={paths.connection(connectionId)} className={LINK}>
                  {mono(handle ?? connectionId)}
                </Link>
              )}
            </Fact>
          )}
          {durationMs === null ? null : <Fact name={t('automation.audit.took')}>{t('automation.audit.ms', { count: durationMs })}</Fact>}
          {count === 1 ? null : <Fact name={t('automation.audit.count')}>{t('automation.audit.alike', { count })}</Fact>}
          {grantId === null ? null : (
            <Fact name={t('automation.audit.grant')}>
              <Link href={paths.grant(grantId)} className={LINK}>
                {t('automation.audit.show-grant')}
              </Link>
            </Fact>
          )}
        </Facts>
        <p className="flex flex-wrap gap-x-4 gap-y-1 pt-3 text-small">
          {clientId === null ? null : (
            <button type="button" className={LINK} onClick={() => onOnly({ clientId })}>
              {t('automation.audit.only-program')}
            </button>
          )}
          {connectionId === null ? null : (
            <button type="button" className={LINK} onClick={() => onOnly({ connectionId })}>
              {t('automation.audit.only-connection')}
            </button>
          )}
        </p>
      </div>
    </PanelFrame>
  )
}

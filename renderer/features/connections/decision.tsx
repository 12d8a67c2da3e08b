import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { Diagnosis } from '#shared/contract/trouble'
import { useProfileChange, useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Said } from '#renderer/ui/said.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'

const glyphOf = (status: Diagnosis['evidence'][number]['status']): ReactNode => {
  if (status === 'ok') return <Check aria-hidden="true" className="size-3.5 text-connected" />
  if (status === 'unknown') return <Minus aria-hidden="true" className="size-3.5 text-ink-3" />
  return <StatusGlyph glyph={status === 'warn' ? 'attention' : 'error'} size={12} />
}

const KNOWN = new Set([
  'environment',
  'integration',
  'connection',
  'elsewhere',
  'here',
  'history',
  'profile',
  'last_error',
  'expiry',
  'refresh',
  'scopes',
])

/** What was compared, line by line. */
export const Evidence = ({ evidence }: { readonly evidence: Diagnosis['evidence'] }) => (
  <ul aria-label={t('connections.why')} className="flex flex-col gap-1 text-small">
    {evidence.map((finding) => (
      <li key={finding.id} className="flex gap-2">
        <span className="flex h-4 w-4 flex-none items-center justify-center">{glyphOf(finding.status)}</span>
        <span className="min-w-0 break-words">
          {KNOWN.has(finding.id) ? (
            <span className="font-medium text-ink-1">{t(`connections.evidence.${finding.id}` as MessageKey)}: </span>
          ) : null}
          <span className="sr-only">{t(`connections.evidence-state.${finding.status}`)}, </span>
          <Said english={finding.summary} said={finding.said?.summary} />
        </span>
      </li>
    ))}
  </ul>
)

/** The one next thing to do about a diagnosis, as a button; null where no program can do it. */
export const NextAction = ({
  diagnosis,
  isBusy = false,
  onRefresh,
}: {
  readonly diagnosis: Diagnosis
  readonly isBusy?: boolean
  readonly onRefresh?: (() => void) | undefined
}) => {
  const [, go] = useLocation()
  const look = useWrite('sync.run')
  const profile = useProfileChange()
  const flows = useRead('connect.list', { isOpen: true }, { isEnabled: diagnosis.next.action === 'show_sign_in' })
  const { action, connectorId, label, connectionId, profileId } = diagnosis.next
  const button = (words: string, run: () => void, busy = false, obstacle: string | null = null): ReactNode => (
    <Button size="small" variant="primary" isBusy={busy} disabledReason={obstacle} onClick={run}>
      {words}
    </Button>
  )
  switch (action) {
    case 'relink':
      if (connectorId === null) return null
      return button(t('connections.do.connect-again'), () =>
        requestSheet({ kind: 'connect', connectorId, ...(label === null ? {} : { label }) }),
      )
    case 'open':
      return connectionId === null ? null : button(t('connections.do.open'), () => go(paths.connection(connectionId)))
    case 'use_profile':
      return profileId === null ? null : button(t('connections.do.use-profile'), () => profile.mutate({ profileId }), profile.isPending)
    case 'retry':
      return onRefresh === undefined ? null : button(t('connections.do.retry'), onRefresh, isBusy)
    case 'wait':
    case 'look_again':
      return button(t('connections.do.look-again'), () => look.mutate({}), look.isPending)
    case 'test_profile':
      return button(t('connections.do.settings'), () => go(paths.settings))
    case 'show_sign_in': {
      const flowId = flows.data?.flows.find((flow) => flow.connectionId === diagnosis.connectionId)?.flowId
      const gone = flowId === undefined ? t('connections.do.sign-in-gone') : null
      return button(t('connections.do.show-sign-in'), () => flowId !== undefined && requestSheet({ kind: 'flow', flowId }), false, gone)
    }
    case 'nango':
    case 'none':
      return null
  }
}

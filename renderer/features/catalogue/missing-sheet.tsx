import { RefreshCw } from 'lucide-react'
import { useQueryClient } from '@tanstack/react-query'
import type { Connector } from '#shared/contract/catalogue'
import type { Profile } from '#shared/contract/profiles'
import { useRead, useWrite } from '../../api/use-api.ts'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ExternalLink } from '../../ui/external-link.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { NANGO_DASHBOARD } from '../profiles/profile-fields.tsx'
import { modeWords } from './connector-words.ts'

const Steps = ({ connector, isCloud }: { readonly connector: Connector; readonly isCloud: boolean }) => {
  const { name, authMode, nango } = connector
  const isOAuth = authMode === 'OAUTH2'
  return (
    <ol className="flex list-decimal flex-col gap-2 pl-5">
      {isOAuth ? (
        <li>
          At {name}, register an OAuth app of your own. It gives you a client id and a client secret. As the callback address it wants the
          one that Nango shows in the next step.
        </li>
      ) : null}
      <li>
        In the dashboard of {isCloud ? 'Nango' : 'your Nango'}, in the same environment as this profile's key, choose Integrations, then
        Configure new integration, and there <strong className="font-semibold">{name}</strong>. Leave its id as{' '}
        <code className="font-mono text-small">{nango.providerKey}</code>.
      </li>
      {isOAuth ? <li>Enter the client id and secret there, and the scopes you need.</li> : <li>It needs nothing else: save it.</li>}
      <li>Come back and look again. {name} is then among those ready to connect.</li>
    </ol>
  )
}

/** What a connector lacks before it can be connected from here, in plain words, with where to go. */
export const MissingSheet = ({
  connector,
  profile,
  onClose,
}: {
  readonly connector: Connector | null
  readonly profile: Profile | null
  readonly onClose: () => void
}) => {
  const client = useQueryClient()
  const connectorId = connector?.connectorId ?? ''
  const fresh = useRead('catalogue.get', { connectorId }, { isEnabled: connector !== null }).data ?? null
  const run = useWrite('sync.run')
  const shown = fresh?.connectorId === connector?.connectorId ? (fresh ?? connector) : connector
  const close = (): void => {
    run.reset()
    onClose()
  }
  const look = (): void =>
    run.mutate(
      {},
      { onSettled: () => void client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('catalogue.') }) },
    )
  if (shown === null) return null
  const { name, readiness, readinessReason, docsUrl, authMode } = shown
  const isSandbox = profile?.kind === 'sandbox'
  const isCloud = profile?.nangoHost === 'https://api.nango.dev'
  const isReady = readiness === 'ready'
  return (
    <Sheet
      isOpen
      onClose={close}
      width={520}
      lead={<LogoTile connectorId={shown.connectorId} name={name} size={40} />}
      title={
        isReady
          ? `${name} is ready to connect`
          : readiness === 'needs_integration'
            ? `${name} needs an integration first`
            : `${name} cannot be connected from here`
      }
      subtitle={modeWords(authMode)}
      foot={
        <>
          {isReady || isSandbox ? null : (
            <Button icon={RefreshCw} isBusy={run.isPending} onClick={look} className="mr-auto">
              Look again
            </Button>
          )}
          <Button onClick={close}>Close</Button>
          {isReady ? (
            <Button
              variant="primary"
              onClick={() => {
                close()
                requestSheet({ kind: 'connect', connectorId: shown.connectorId })
              }}
            >
              Connect
            </Button>
          ) : null}
        </>
      }
    >
      <div aria-live="polite" className="flex flex-col gap-4">
        {isReady ? <p>An integration for it exists in this Nango environment now.</p> : null}
        {isReady ? null : (
          <p>
            {isSandbox && readiness === 'needs_integration'
              ? 'The sandbox has a few demo services, and this is none of them. Add a Nango profile in Settings to connect it.'
              : readinessReason}
          </p>
        )}
        {readiness === 'needs_integration' && !isSandbox ? <Steps connector={shown} isCloud={isCloud} /> : null}
        {isReady ? null : (
          <p className="flex flex-wrap gap-x-5 gap-y-1">
            {isCloud ? <ExternalLink href={NANGO_DASHBOARD}>Open Nango's dashboard</ExternalLink> : null}
            {docsUrl === null ? null : <ExternalLink href={docsUrl}>Nango's guide for {name}</ExternalLink>}
          </p>
        )}
        {run.error === null ? null : <ErrorNotice error={run.error} title="Nango was not asked again." />}
      </div>
    </Sheet>
  )
}

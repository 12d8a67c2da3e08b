import { useRead } from '../../api/use-api.ts'
import { CopyableHandle } from '../../ui/copyable-handle.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { Row, Rows, SectionFrame } from './section-frame.tsx'

/** Where everything lies and how to remove it. */
export const DataSection = () => {
  const { data: status } = useRead('system.status', {})
  if (status === undefined) return <SkeletonRows rows={3} />
  const isKeychain = status.vault.tier === 'keychain'
  return (
    <SectionFrame title="Data" lead="Everything Patchbay keeps is in one folder on this computer; sign-ins themselves are kept at Nango.">
      <Rows>
        <Row label="Data folder" hint="Database, vault, settings and log. Yours alone: nobody else may read it.">
          <CopyableHandle text={status.dataFolder} className="max-w-full" />
        </Row>
        <Row label="Socket" hint="Where the command line and your programs reach Patchbay.">
          <CopyableHandle text={status.socketPath} className="max-w-full" />
        </Row>
      </Rows>
      <div className="flex flex-col gap-2 pt-2">
        <h3 className="font-semibold">Remove everything</h3>
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-ink-2">
          <li>Remove the connections that are to end, in Connections. What stays at Nango goes on working there.</li>
          <li>Close Patchbay.</li>
          <li>
            Delete the folder <span className="font-mono text-small break-all text-ink-1">{status.dataFolder}</span>
          </li>
          {isKeychain ? <li>Delete the entry Patchbay in your {status.vault.backend ?? 'keychain'}.</li> : null}
        </ol>
        <Notice tone="unknown" title="Deleting the folder does not sign you out anywhere.">
          The connections of this profile stay at Nango until they are removed there.
        </Notice>
      </div>
    </SectionFrame>
  )
}

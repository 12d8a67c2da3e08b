import { useState } from 'react'
import { useLocation } from 'wouter'
import { useRead } from '#renderer/api/use-api.ts'
import { paths } from '#renderer/paths.ts'
import { middleOf } from '#renderer/shell/profile-words.ts'
import { requestSheet, useBulkRequest, type BulkRequest as Request } from '#renderer/shell/sheet-request.ts'
import { BulkActionSheet } from './bulk-action-sheet.tsx'
import { useBulk } from './use-bulk.ts'

const Asked = ({ request }: { readonly request: Request }) => {
  const [, go] = useLocation()
  const status = useRead('system.status', {}).data
  const profileId = status?.profile?.profileId ?? null
  const bulk = useBulk(profileId)
  const [isBusy, setIsBusy] = useState(false)
  return (
    <BulkActionSheet
      action={request.action}
      target={{ connectionIds: [...request.connectionIds] }}
      profileId={profileId}
      place={middleOf(status?.profile ?? null)}
      isBusy={isBusy}
      error={bulk.error}
      onStart={(params) => {
        setIsBusy(true)
        void bulk.start(params).then((begun) => {
          setIsBusy(false)
          if (begun === null) return
          requestSheet(null)
          // The list tells how far it is.
          go(paths.connections)
        })
      }}
      onClose={() => requestSheet(null)}
    />
  )
}

/** The sheet of an action over several connections that another page asks for. */
export const BulkRequest = () => {
  const request = useBulkRequest()
  return request === null ? null : <Asked key={request.connectionIds.join(' ')} request={request} />
}

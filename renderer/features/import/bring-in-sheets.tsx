import { useEffect, useState } from 'react'
import type { Profile } from '#shared/contract/profiles'
import { useRead } from '../../api/use-api.ts'
import { type BringInRequest, requestSheet, useBringInRequest } from '../../shell/sheet-request.ts'
import { AdoptSheet } from './adopt-sheet.tsx'
import { ImportSheet } from './import-sheet.tsx'

const close = (): void => requestSheet(null)

/** What was opened belongs to the profile that was in use then, whichever is later. */
const Opened = ({ kind, profile }: { readonly kind: BringInRequest['kind']; readonly profile: Profile }) => {
  const [pinned] = useState(profile)
  return kind === 'import' ? <ImportSheet profile={pinned} onClose={close} /> : <AdoptSheet profile={pinned} onClose={close} />
}

/** The sheets that bring in what is there. Opened by requestSheet from any page, while a profile is in use and the vault is open. */
export const BringInSheets = () => {
  const request = useBringInRequest()
  const status = useRead('system.status', {}).data
  const profile = status?.vault.state === 'open' ? status.profile : null
  const isIdle = request !== null && status !== undefined && profile === null
  useEffect(() => {
    if (isIdle) close()
  }, [isIdle])
  if (request === null || profile === null) return null
  return <Opened key={request.kind} kind={request.kind} profile={profile} />
}

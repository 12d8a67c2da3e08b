import { FlaskConical, Plus, Server } from 'lucide-react'
import { useState } from 'react'
import type { Profile, ProfileTest } from '#shared/contract/profiles'
import { useRead, useWrite } from '../../api/use-api.ts'
import { VaultClosed } from '../../shell/vault-closed.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { ConfirmSheet } from '../../ui/confirm-sheet.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { tell } from '../../ui/toast.tsx'
import { ProfileRow } from './profile-row.tsx'
import { ProfileSheet } from './profile-sheet.tsx'
import { SectionFrame } from './section-frame.tsx'

const HEADS = [
  { name: 'Name', width: 'w-auto' },
  { name: 'Where', width: 'w-[20%] min-[1100px]:w-[22%]' },
  { name: 'Key', width: 'w-[104px]' },
  { name: 'State', width: 'w-[164px] min-[1100px]:w-[176px]' },
] as const

/** The profiles in a table: test, use, edit, remove. */
export const ProfilesSection = () => {
  const vault = useRead('vault.status', {}).data
  const list = useRead('profiles.list', {}, { isEnabled: vault?.state === 'open' })
  const test = useWrite('profiles.test')
  const use = useWrite('profiles.use')
  const create = useWrite('profiles.create')
  const remove = useWrite('profiles.remove')
  const [results, setResults] = useState<ReadonlyMap<string, ProfileTest | Error>>(new Map())
  const [edited, setEdited] = useState<Profile | null | undefined>(undefined)
  const [removed, setRemoved] = useState<Profile | null>(null)
  if (vault !== undefined && vault.state !== 'open') return <VaultClosed vault={vault} />
  const profiles = list.data?.profiles
  const note = (profileId: string, result: ProfileTest | Error | null): void => {
    setResults((before) => {
      const next = new Map(before)
      if (result === null) next.delete(profileId)
      else next.set(profileId, result)
      return next
    })
  }
  const tryOut = (profileId: string): void =>
    test.mutate({ profileId }, { onSuccess: (result) => note(profileId, result), onError: (error) => note(profileId, error) })
  return (
    <SectionFrame
      title="Profiles"
      lead="Where sign-ins are kept. A key is bound to its address and is never sent to another."
      action={
        <Menu
          trigger={
            <Button icon={Plus} isBusy={create.isPending}>
              Add profile
            </Button>
          }
        >
          <MenuItem icon={Server} onClick={() => setEdited(null)}>
            Nango Cloud or your own Nango
          </MenuItem>
          <MenuItem
            icon={FlaskConical}
            onClick={() =>
              create.mutate(
                { name: 'Sandbox', kind: 'sandbox', use: false },
                { onSuccess: ({ name }) => tell(`"${name}" is added`, 'It is not in use yet: choose Use in the list.') },
              )
            }
          >
            Sandbox: demo services, not real accounts
          </MenuItem>
        </Menu>
      }
    >
      {[list.error, create.error, use.error].map((error, index) =>
        error === null ? null : (
          <ErrorNotice
            key={index}
            error={error}
            title={['The profiles cannot be read.', 'The profile was not added.', 'The profile was not taken into use.'][index] ?? ''}
          />
        ),
      )}
      {profiles === undefined ? (
        list.error === null ? (
          <SkeletonRows rows={2} />
        ) : null
      ) : (
        <div className="overflow-hidden rounded-8 border border-line">
          <table className="w-full table-fixed border-collapse text-left">
            <thead className="bg-canvas text-small text-ink-2">
              <tr>
                {HEADS.map((head) => (
                  <th key={head.name} scope="col" className={cx('h-8 px-3 font-medium first:pl-4', head.width)}>
                    {head.name}
                  </th>
                ))}
                <th scope="col" className="w-[104px]">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            {profiles.map((profile) => (
              <ProfileRow
                key={profile.profileId}
                profile={profile}
                result={results.get(profile.profileId) ?? null}
                isTesting={test.isPending && test.variables?.profileId === profile.profileId}
                onTest={() => tryOut(profile.profileId)}
                onHide={() => note(profile.profileId, null)}
                onUse={() => use.mutate({ profileId: profile.profileId })}
                onEdit={() => setEdited(profile)}
                onRemove={() => setRemoved(profile)}
              />
            ))}
          </table>
        </div>
      )}
      <ProfileSheet profile={edited} onClose={() => setEdited(undefined)} />
      <ConfirmSheet
        isOpen={removed !== null}
        title={`Remove the profile "${removed?.name ?? ''}"`}
        confirmLabel="Remove profile"
        safeLabel="Keep it"
        isBusy={remove.isPending}
        onClose={() => {
          remove.reset()
          setRemoved(null)
        }}
        onConfirm={() => {
          if (removed === null) return
          const { name, profileId } = removed
          remove.mutate(
            { profileId },
            {
              onSuccess: () => {
                tell(`"${name}" is removed`)
                note(profileId, null)
                setRemoved(null)
              },
            },
          )
        }}
      >
        <p>
          On this computer: the profile, its key and what is known of its connections are forgotten, with their labels and notes. This
          cannot be undone.
        </p>
        <p>
          {removed?.kind === 'sandbox'
            ? 'The demo accounts of this sandbox go with it.'
            : 'At Nango: nothing changes. Every connection there goes on working.'}
        </p>
        {removed?.isActive === true ? <p>It is the profile in use. Afterwards you choose where to go on.</p> : null}
        {remove.error === null ? null : <ErrorNotice error={remove.error} title="The profile was not removed." />}
      </ConfirmSheet>
    </SectionFrame>
  )
}

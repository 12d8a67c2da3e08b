import { FlaskConical, Plus, Server } from 'lucide-react'
import { useState } from 'react'
import type { Profile, ProfileTest } from '#shared/contract/profiles'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { VaultClosed } from '#renderer/shell/vault-closed.tsx'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { cx } from '#renderer/ui/class-names.ts'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Menu, MenuItem } from '#renderer/ui/menu.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { ProfileRow } from './profile-row.tsx'
import { ProfileSheet } from './profile-sheet.tsx'
import { SectionFrame } from '#renderer/ui/section-frame.tsx'

const HEADS = [
  { name: 'settings.profiles.name', width: 'w-auto' },
  { name: 'settings.profile.where', width: 'w-[20%] @min-[1100px]/window:w-[22%]' },
  { name: 'settings.profiles.key', width: 'w-[112px]' },
  { name: 'settings.profiles.state', width: 'w-[164px] @min-[1100px]/window:w-[176px]' },
] as const

const FAILURES = ['settings.profile.not-read', 'settings.profile.not-added', 'settings.profile.not-used'] as const

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
      title={t('settings.profiles')}
      lead={t('settings.profiles.lead')}
      action={
        <Menu
          trigger={
            <Button icon={Plus} isBusy={create.isPending}>
              {t('settings.add.profile')}
            </Button>
          }
        >
          <MenuItem icon={Server} onClick={() => setEdited(null)}>
            {t('settings.profiles.nango')}
          </MenuItem>
          <MenuItem
            icon={FlaskConical}
            onClick={() =>
              create.mutate(
                { name: t('profiles.sandbox'), kind: 'sandbox', use: false },
                { onSuccess: ({ name }) => tell(t('settings.profile.added', { name }), t('settings.profile.not-used-yet')) },
              )
            }
          >
            {t('settings.profiles.sandbox')}
          </MenuItem>
        </Menu>
      }
    >
      {[list.error, create.error, use.error].map((error, index) =>
        error === null ? null : <ErrorNotice key={index} error={error} title={t(FAILURES[index] ?? FAILURES[0])} />,
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
                    {t(head.name)}
                  </th>
                ))}
                <th scope="col" className="w-[104px]">
                  <span className="sr-only">{t('settings.profile.actions')}</span>
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
        title={t('settings.profile.remove-title', { name: removed?.name ?? '' })}
        confirmLabel={t('settings.profile.remove-confirm')}
        safeLabel={t('settings.profile.keep-it')}
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
                tell(t('settings.profile.removed', { name }))
                note(profileId, null)
                setRemoved(null)
              },
            },
          )
        }}
      >
        <p>{t('settings.profile.remove-computer')}</p>
        <p>{t(removed?.kind === 'sandbox' ? 'settings.profile.remove-sandbox' : 'settings.profile.remove-at-nango')}</p>
        {removed?.isActive === true ? <p>{t('settings.profile.remove-in-use')}</p> : null}
        {remove.error === null ? null : <ErrorNotice error={remove.error} title={t('settings.profile.not-removed')} />}
      </ConfirmSheet>
    </SectionFrame>
  )
}

import { ChevronsUpDown, Layers, Settings2 } from 'lucide-react'
import { useLocation } from 'wouter'
import type { Profile } from '#shared/contract/profiles'
import { useProfileChange, useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Menu, MenuChoices, MenuItem, MenuSeparator } from '#renderer/ui/menu.tsx'
import icon from '#renderer/icon.svg'
import { whereOf } from './profile-words.ts'
import { useKeys } from './key-map.ts'

/** Names the profile in use and where it lives; opens the others. */
export const ProfileSwitcher = ({ profile, isRail }: { readonly profile: Profile; readonly isRail: boolean }) => {
  const { data } = useRead('profiles.list', {})
  const use = useProfileChange()
  const [, go] = useLocation()
  const profiles = data?.profiles ?? [profile]
  const change = (profileId: string): void => {
    if (profileId !== profile.profileId) use.mutate({ profileId })
  }
  useKeys(
    profiles.slice(0, 9).map((one, index) => ({
      keys: `Mod+${index + 1}`,
      does: t('shell.profile.use', { profile: one.name }),
      icon: Layers,
      run: () => change(one.profileId),
    })),
    'frame',
  )
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={isRail ? t('shell.profile.full-name', { profile: profile.name, where: whereOf(profile) }) : undefined}
          aria-busy={use.isPending}
          title={isRail ? `${profile.name}, ${whereOf(profile)}` : undefined}
          className="flex h-10 w-full min-w-0 items-center gap-2 rounded-6 px-2 text-left hover:bg-hover active:bg-active"
        >
          <img src={icon} alt="" className="size-6 flex-none" />
          {isRail ? null : (
            <>
              <span className="flex min-w-0 flex-1 flex-col">
                <span className="truncate leading-4 font-semibold" title={profile.name}>
                  <bdi>{profile.name}</bdi>
                </span>
                <span className="truncate text-caption text-ink-3" title={whereOf(profile)}>
                  {whereOf(profile)}
                </span>
              </span>
              <span className="sr-only">{t('shell.profile.change')}</span>
              <ChevronsUpDown aria-hidden="true" className="text-ink-2" />
            </>
          )}
        </button>
      }
    >
      <MenuChoices
        name={t('shell.profiles')}
        value={profile.profileId}
        onValueChange={change}
        items={profiles.map((one) => ({
          value: one.profileId,
          label: (
            <span className="flex flex-col">
              <bdi>{one.name}</bdi>
              <span className="text-caption text-ink-3">{whereOf(one)}</span>
            </span>
          ),
        }))}
      />
      <MenuSeparator />
      <MenuItem icon={Settings2} onClick={() => go(paths.settings)}>
        {t('shell.profile.manage')}
      </MenuItem>
    </Menu>
  )
}

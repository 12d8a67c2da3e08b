import { Ellipsis, Pencil, Plug, Trash2, X } from 'lucide-react'
import type { Profile, ProfileTest } from '#shared/contract/profiles'
import { isErrorCode, PatchbayError } from '#shared/errors'
import { errorWords } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import { whereOf } from '#renderer/shell/profile-words.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '#renderer/ui/menu.tsx'
import { StatusLabel } from '#renderer/ui/status-label.tsx'
import { CheckList, testSentence } from './test-results.tsx'

/** What is said of a profile's key, which never comes out of the vault again. */
export const keyWords = (profile: Pick<Profile, 'kind' | 'hasSecretKey' | 'keyEnding'>): string => {
  if (profile.kind === 'sandbox') return t('settings.key.demo')
  if (profile.kind === 'direct') return t('settings.key.none')
  if (!profile.hasSecretKey) return t('settings.key.missing')
  return profile.keyEnding === null ? t('settings.key.kept') : t('settings.key.ending', { ending: profile.keyEnding })
}

/** At most three words behind the status of a profile. */
export const stateCause = (profile: Pick<Profile, 'statusReason'>): string | null => {
  switch (profile.statusReason) {
    case null:
      return null
    case 'nango.not_nango':
      return t('settings.cause.html')
    case 'nango.key_refused':
      return t('settings.cause.key-refused')
    case 'profile.key_required':
      return t('settings.cause.key-missing')
    case 'nango.public_key':
      return t('settings.cause.public-key')
    case 'nango.scope_missing':
      return t('settings.cause.right-missing')
    case 'nango.unreachable':
    case 'nango.timeout':
      return t('settings.cause.not-reached')
    case 'nango.certificate':
      return t('settings.cause.certificate')
    default:
      return null
  }
}

/** One profile of the table, with the result of its test below it. */
export const ProfileRow = ({
  profile,
  result,
  isTesting,
  onTest,
  onHide,
  onUse,
  onEdit,
  onRemove,
}: {
  readonly profile: Profile
  readonly result: ProfileTest | Error | null
  readonly isTesting: boolean
  readonly onTest: () => void
  readonly onHide: () => void
  readonly onUse: () => void
  readonly onEdit: () => void
  readonly onRemove: () => void
}) => {
  const { statusReason } = profile
  const trouble = statusReason !== null && isErrorCode(statusReason) ? errorWords(new PatchbayError(statusReason)) : null
  const isDirect = profile.kind === 'direct'
  return (
    <tbody className="border-t border-line">
      <tr className="h-10">
        <th scope="row" className="px-3 font-medium first:pl-4">
          <span className="flex min-w-0 items-center gap-x-2 @max-[1099px]/window:flex-col @max-[1099px]/window:items-start @max-[1099px]/window:gap-y-0.5 @max-[1099px]/window:py-1.5">
            <span className="max-w-full truncate" title={profile.name}>
              <bdi>{profile.name}</bdi>
            </span>
            {profile.isActive ? (
              <span className="flex-none rounded-6 border border-line px-2 text-small font-normal text-ink-2">
                {t('settings.profile.in-use')}
              </span>
            ) : null}
          </span>
        </th>
        <td className="truncate px-3 text-ink-2" title={profile.nangoHost}>
          {profile.isReadOnly ? t('settings.profile.from-environment', { where: whereOf(profile) }) : whereOf(profile)}
        </td>
        <td className="px-3 text-small whitespace-nowrap text-ink-3">{keyWords(profile)}</td>
        <td className="px-3">
          <StatusLabel status={profile.status} cause={stateCause(profile)} />
        </td>
        <td className="py-1 pr-2 pl-3">
          <span className="flex items-center justify-end gap-1">
            <Button
              size="small"
              isBusy={isTesting}
              aria-label={t('settings.profile.test-name', { name: profile.name })}
              disabledReason={isDirect ? t('settings.profile.no-server') : null}
              onClick={onTest}
            >
              {t('settings.profile.test')}
            </Button>
            <Menu trigger={<IconButton icon={Ellipsis} name={t('settings.profile.more', { name: profile.name })} />}>
              {profile.isActive ? null : (
                <MenuItem icon={Plug} onClick={onUse}>
                  {t('settings.profile.use')}
                </MenuItem>
              )}
              {profile.isReadOnly ? (
                <p className="max-w-64 px-2 py-1 text-small text-ink-2">{t('settings.profile.from-environment-text')}</p>
              ) : (
                <>
                  {profile.kind === 'nango' ? (
                    <MenuItem icon={Pencil} onClick={onEdit}>
                      {t('settings.profile.edit')}
                    </MenuItem>
                  ) : null}
                  {profile.kind === 'nango' || !profile.isActive ? <MenuSeparator /> : null}
                  <MenuItem icon={Trash2} isDanger onClick={onRemove}>
                    {t('settings.profile.remove')}
                  </MenuItem>
                </>
              )}
            </Menu>
          </span>
        </td>
      </tr>
      {result === null && trouble !== null ? (
        <tr>
          <td colSpan={5} className="border-t border-line bg-attention-soft px-4 py-2 text-ink-2">
            <span className="flex items-center gap-3">
              <span className="min-w-0 flex-1">
                <strong className="font-semibold text-ink-1">{trouble.message}</strong> {trouble.next}
              </span>
              {profile.isReadOnly || profile.kind !== 'nango' ? null : (
                <Button size="small" onClick={onEdit}>
                  {t('settings.profile.edit')}
                </Button>
              )}
            </span>
          </td>
        </tr>
      ) : null}
      {result === null ? null : (
        <tr>
          <td colSpan={5} className="border-t border-line bg-canvas px-4 py-2">
            <div role="status" className="flex items-start gap-2">
              <div className="min-w-0 flex-1">
                {result instanceof Error ? (
                  <ErrorNotice error={result} title={t('settings.profile.not-tested')} />
                ) : (
                  <>
                    <p className="pb-1 font-semibold">{testSentence(result, profile.name)}</p>
                    <CheckList checks={result.checks} name={t('settings.profile.checks-of', { name: profile.name })} />
                  </>
                )}
              </div>
              <IconButton icon={X} name={t('settings.profile.hide')} size="small" onClick={onHide} />
            </div>
          </td>
        </tr>
      )}
    </tbody>
  )
}

import { type FormEvent, useId, useRef, useState } from 'react'
import type { Profile } from '#shared/contract/profiles'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { RadioRow } from '#renderer/ui/radio-row.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { emptyDraft, type ProfileDraft } from './profile-draft.ts'
import { ProfileFields } from './profile-fields.tsx'
import { ProfileOutcome } from './profile-outcome.tsx'
import { useProfileSetup } from './use-profile-setup.ts'

const NANGO_CLOUD = 'https://api.nango.dev'
type Place = 'cloud' | 'own'

const draftOf = (profile: Profile | null): ProfileDraft =>
  profile === null
    ? emptyDraft('')
    : {
        ...emptyDraft(profile.name),
        address: profile.nangoHost ?? '',
        certificateName: profile.hasPrivateCertificate ? t('settings.profile.certificate-kept') : null,
        allowsInsecureHttp: profile.allowsInsecureHttp,
      }

const Content = ({ profile, onClose }: { readonly profile: Profile | null; readonly onClose: () => void }) => {
  const id = useId()
  const first = useRef<HTMLInputElement>(null)
  const [place, setPlace] = useState<Place>(profile === null || profile.nangoHost === NANGO_CLOUD ? 'cloud' : 'own')
  const [draft, setDraft] = useState(() => draftOf(profile))
  // An address can be changed even where it is Nango Cloud's: the field is there for every profile that exists.
  const hasAddress = profile !== null || place === 'own'
  const setup = useProfileSetup(profile, { needsAddress: hasAddress })
  const isElsewhere = profile !== null && draft.address.trim().replace(/\/+$/, '') !== profile.nangoHost
  const cancel = async (): Promise<void> => {
    if (profile === null) await setup.discard()
    onClose()
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!(await setup.submit(draft))) return
    tell(
      t('settings.profile.works', { name: draft.name.trim() }),
      t(profile === null ? 'settings.profile.not-used-yet' : 'settings.profile.changes-kept'),
    )
    onClose()
  }
  const hasFailed = setup.outcome?.kind === 'tested' && !setup.outcome.test.isWorking
  const keyHint =
    profile === null
      ? t('settings.profile.key-new')
      : isElsewhere
        ? t('settings.profile.key-elsewhere')
        : !profile.hasSecretKey
          ? t('settings.profile.key-none')
          : profile.keyEnding === null
            ? t('settings.profile.key-keep')
            : t('settings.profile.key-keep-ending', { ending: profile.keyEnding })
  return (
    <Sheet
      isOpen
      onClose={() => void cancel()}
      title={profile === null ? t('settings.profile.add-title') : t('settings.profile.edit-title', { name: profile.name })}
      subtitle={t('settings.profile.subtitle')}
      initialFocus={first}
      foot={
        <>
          <span role="status" className="mr-auto text-small text-ink-3">
            {setup.phase === 'rest' ? '' : t(`profiles.phase.${setup.phase}`)}
          </span>
          {hasFailed ? (
            <Button onClick={onClose}>{t(profile === null ? 'settings.profile.keep-anyway' : 'settings.close')}</Button>
          ) : (
            <Button onClick={() => void cancel()}>{t('settings.cancel')}</Button>
          )}
          <Button type="submit" form={id} variant="primary" isBusy={setup.phase !== 'rest'}>
            {t(hasFailed ? 'profiles.again' : profile === null ? 'profiles.first-run.add-and-test' : 'settings.profile.save-and-test')}
          </Button>
        </>
      }
    >
      <form id={id} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        {profile === null ? (
          <RadioRow
            label={t('settings.profile.where')}
            value={place}
            onValueChange={(next) => {
              setPlace(next)
              setup.clear()
            }}
            options={[
              { value: 'cloud', label: t('profiles.cloud.name') },
              { value: 'own', label: t('profiles.own.name') },
            ]}
          />
        ) : null}
        <ProfileFields
          draft={draft}
          problems={setup.outcome?.problems ?? {}}
          hasAddress={hasAddress}
          keyHint={keyHint}
          firstField={first}
          onChange={(change) => setDraft({ ...draft, ...change })}
        />
        <ProfileOutcome setup={setup} />
      </form>
    </Sheet>
  )
}

/** Adds a profile (`null`) or edits one; closed while `profile` is undefined. */
export const ProfileSheet = ({ profile, onClose }: { readonly profile: Profile | null | undefined; readonly onClose: () => void }) =>
  profile === undefined ? null : <Content key={profile?.profileId ?? 'new'} profile={profile} onClose={onClose} />

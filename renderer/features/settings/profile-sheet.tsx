import { type FormEvent, useId, useRef, useState } from 'react'
import type { Profile } from '#shared/contract/profiles'
import { Button } from '../../ui/button.tsx'
import { RadioRow } from '../../ui/radio-row.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { tell } from '../../ui/toast.tsx'
import { emptyDraft, type ProfileDraft } from '../profiles/profile-draft.ts'
import { ProfileFields } from '../profiles/profile-fields.tsx'
import { ProfileOutcome } from '../profiles/profile-outcome.tsx'
import { useProfileSetup } from '../profiles/use-profile-setup.ts'

const NANGO_CLOUD = 'https://api.nango.dev'
type Place = 'cloud' | 'own'

const draftOf = (profile: Profile | null): ProfileDraft =>
  profile === null
    ? emptyDraft('')
    : {
        ...emptyDraft(profile.name),
        address: profile.nangoHost ?? '',
        certificateName: profile.hasPrivateCertificate ? 'The certificate kept with this profile' : null,
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
    tell(`"${draft.name.trim()}" works`, profile === null ? 'It is not in use yet: choose Use in the list.' : 'Its changes are kept.')
    onClose()
  }
  const hasFailed = setup.outcome?.kind === 'tested' && !setup.outcome.test.isWorking
  const keyHint =
    profile === null
      ? 'From Environment Settings, API keys. It goes into the vault and is sent to this Nango alone.'
      : isElsewhere
        ? 'A key is bound to its address: the one kept is not sent to this one. Enter the key for it.'
        : profile.hasSecretKey
          ? `Leave empty to keep the one there is${profile.keyEnding === null ? '' : `, ending ${profile.keyEnding}`}.`
          : 'None is kept for this address yet.'
  return (
    <Sheet
      isOpen
      onClose={() => void cancel()}
      title={profile === null ? 'Add a profile' : `Edit "${profile.name}"`}
      subtitle="Where sign-ins are kept: one environment of a Nango server."
      initialFocus={first}
      foot={
        <>
          <span role="status" className="mr-auto text-small text-ink-3">
            {setup.phase === 'saving' ? 'Saving' : setup.phase === 'testing' ? 'Reaching Nango and trying the key' : ''}
          </span>
          {hasFailed ? (
            <Button onClick={onClose}>{profile === null ? 'Keep it anyway' : 'Close'}</Button>
          ) : (
            <Button onClick={() => void cancel()}>Cancel</Button>
          )}
          <Button type="submit" form={id} variant="primary" isBusy={setup.phase !== 'rest'}>
            {hasFailed ? 'Try again' : profile === null ? 'Add and test' : 'Save and test'}
          </Button>
        </>
      }
    >
      <form id={id} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        {profile === null ? (
          <RadioRow
            label="Where"
            value={place}
            onValueChange={(next) => {
              setPlace(next)
              setup.clear()
            }}
            options={[
              { value: 'cloud', label: 'Nango Cloud' },
              { value: 'own', label: 'Your own Nango' },
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

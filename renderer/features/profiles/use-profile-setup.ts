import { useRef, useState } from 'react'
import type { Profile, ProfileTest } from '#shared/contract/profiles'
import { asError } from '../../api/as-error.ts'
import { useHost } from '#renderer/api/use-api.ts'
import { checkDraft, type DraftProblems, problemsFrom, problemsFromCode, type ProfileDraft } from './profile-draft.ts'

type Outcome =
  | { readonly kind: 'problems'; readonly problems: DraftProblems }
  | { readonly kind: 'refused'; readonly error: Error; readonly problems: DraftProblems }
  | { readonly kind: 'tested'; readonly test: ProfileTest; readonly problems: DraftProblems }

export interface ProfileSetup {
  readonly phase: 'rest' | 'saving' | 'testing'
  readonly outcome: Outcome | null
  /** The profile as it is stored, once it is. */
  readonly profile: Profile | null
  /** Saves what is typed and tries it; true when everything worked. */
  readonly submit: (draft: ProfileDraft) => Promise<boolean>
  readonly use: () => Promise<void>
  /** Forgets a profile that was only made on the way here. */
  readonly discard: () => Promise<void>
  readonly clear: () => void
}

/** Saves a Nango profile and tests it; saving again corrects the same one, so that nothing typed is lost. */
export const useProfileSetup = (known: Profile | null, options: { readonly needsAddress: boolean }): ProfileSetup => {
  const { api } = useHost()
  const [phase, setPhase] = useState<ProfileSetup['phase']>('rest')
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [profile, setShown] = useState<Profile | null>(known)
  // What was just saved is used before the page has drawn it.
  const latest = useRef(known)
  const setProfile = (next: Profile | null): void => {
    latest.current = next
    setShown(next)
  }

  const save = (draft: ProfileDraft): Promise<Profile> => {
    const { certificatePem, allowsInsecureHttp } = draft
    const given = {
      name: draft.name.trim(),
      ...(options.needsAddress ? { nangoHost: draft.address.trim() } : {}),
      ...(draft.secretKey.trim() === '' ? {} : { secretKey: draft.secretKey.trim() }),
      allowsInsecureHttp,
    }
    if (profile === null)
      return api.profiles.create({ ...given, kind: 'nango', use: false, ...(certificatePem === null ? {} : { certificatePem }) })
    const isKept = certificatePem === null && draft.certificateName !== null
    return api.profiles.update({ ...given, profileId: profile.profileId, ...(isKept ? {} : { certificatePem }) })
  }

  const submit = async (draft: ProfileDraft): Promise<boolean> => {
    const isSameAddress = profile?.nangoHost === draft.address.trim().replace(/\/+$/, '') || !options.needsAddress
    const problems = checkDraft(draft, { address: options.needsAddress, key: !(profile?.hasSecretKey === true && isSameAddress) })
    if (Object.keys(problems).length > 0) {
      setOutcome({ kind: 'problems', problems })
      return false
    }
    setPhase('saving')
    try {
      const saved = await save(draft)
      setProfile(saved)
      setPhase('testing')
      const test = await api.profiles.test({ profileId: saved.profileId })
      setOutcome({ kind: 'tested', test, problems: test.failure === null ? {} : problemsFromCode(test.failure) })
      return test.isWorking
    } catch (error) {
      setOutcome({ kind: 'refused', error: asError(error), problems: problemsFrom(error) })
      return false
    } finally {
      setPhase('rest')
    }
  }

  return {
    phase,
    outcome,
    profile,
    submit,
    use: async () => {
      if (latest.current !== null) await api.profiles.use({ profileId: latest.current.profileId })
    },
    discard: async () => {
      if (known === null && profile !== null) await api.profiles.remove({ profileId: profile.profileId })
      setProfile(known)
      setOutcome(null)
    },
    clear: () => setOutcome(null),
  }
}

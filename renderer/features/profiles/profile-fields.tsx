import type { Ref } from 'react'
import { rich, t } from '#renderer/messages/translate.ts'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { CredentialField } from '#renderer/ui/credential-field.tsx'
import { ExternalLink, NANGO_DASHBOARD } from '#renderer/ui/external-link.tsx'
import { FoldAway } from '#renderer/ui/fold-away.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'
import { CertificateField } from './certificate-field.tsx'
import { type DraftProblems, isInsecureAddress, type ProfileDraft, suggestAddress } from './profile-draft.ts'

/** The fields of a Nango profile: name, address, key, and a private authority under More. */
export const ProfileFields = ({
  draft,
  problems,
  hasAddress,
  keyHint,
  firstField,
  onChange,
}: {
  readonly draft: ProfileDraft
  readonly problems: DraftProblems
  readonly hasAddress: boolean
  readonly keyHint: string
  readonly firstField?: Ref<HTMLInputElement>
  readonly onChange: (change: Partial<ProfileDraft>) => void
}) => {
  const isInsecure = hasAddress && isInsecureAddress(draft.address)
  const suggestion = hasAddress && problems.address !== undefined ? suggestAddress(draft.address) : null
  const more = (
    <FoldAway title={t('profiles.more')} startsOpen={draft.certificateName !== null} mustShow={problems.certificate !== undefined}>
      <CertificateField
        name={draft.certificateName}
        pem={draft.certificatePem}
        error={problems.certificate}
        onChange={(certificateName, certificatePem) => onChange({ certificateName, certificatePem })}
      />
    </FoldAway>
  )
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t('profiles.name')}
        hint={t('profiles.name-hint')}
        error={problems.name}
        value={draft.name}
        maxLength={200}
        onValueChange={(name) => onChange({ name })}
      />
      {hasAddress ? (
        <TextField
          {...(firstField === undefined ? {} : { ref: firstField })}
          label={t('profiles.address')}
          hint={t('profiles.address-hint')}
          placeholder="https://nango.example.com"
          type="url"
          error={
            problems.address === undefined
              ? null
              : suggestion === null
                ? problems.address
                : rich('profiles.problem.address-suggest', {
                    address: suggestion,
                    use: (words) => (
                      <button type="button" className="rounded-4 font-semibold underline" onClick={() => onChange({ address: suggestion })}>
                        {words}
                      </button>
                    ),
                  })
          }
          value={draft.address}
          maxLength={2048}
          onValueChange={(address) => onChange({ address, allowsInsecureHttp: false })}
        />
      ) : null}
      {isInsecure ? (
        <div>
          <Notice tone="attention" title={t('profiles.insecure')}>
            {t('profiles.insecure-text')}
            <div className="pt-1.5 text-ink-1">
              <Checkbox
                label={t('profiles.insecure-accept')}
                isChecked={draft.allowsInsecureHttp}
                onChange={(allowsInsecureHttp) => onChange({ allowsInsecureHttp })}
              />
            </div>
          </Notice>
          <p role="alert" className="min-h-5 pt-1 text-small text-danger">
            {draft.allowsInsecureHttp ? null : problems.insecure}
          </p>
        </div>
      ) : null}
      <CredentialField
        {...(hasAddress || firstField === undefined ? {} : { ref: firstField })}
        label={t('profiles.key')}
        hint={keyHint}
        error={problems.secretKey}
        value={draft.secretKey}
        onValueChange={(secretKey) => onChange({ secretKey })}
      />
      {hasAddress ? null : (
        <div className="-mt-3">
          <ExternalLink href={NANGO_DASHBOARD} className="text-small">
            {t('profiles.dashboard')}
          </ExternalLink>
        </div>
      )}
      {more}
    </div>
  )
}

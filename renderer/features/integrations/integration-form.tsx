import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import type { IntegrationDescription } from '#shared/contract/integrations'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { CopyableHandle } from '../../ui/copyable-handle.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ExternalLink } from '../../ui/external-link.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { useFirstField } from '../../ui/use-first-field.ts'
import { fieldLabel, fieldsOf } from './integration-draft.ts'
import { consoleOf } from './provider-consoles.ts'
import { SetupField } from './setup-field.tsx'
import { TestIntegration } from './test-integration.tsx'
import type { IntegrationDraft } from './use-integration-draft.ts'

/** The form's id, for the button in the sheet's foot. */
export const INTEGRATION_FORM = 'integration-form'

const focusField = (field: string): void => {
  const box = document.querySelector<HTMLElement>(`#${INTEGRATION_FORM} [data-field="${CSS.escape(field)}"]`)
  box?.querySelector<HTMLElement>('input, textarea')?.focus()
  box?.scrollIntoView({ block: 'nearest' })
}

const Heading = ({ children }: { readonly children: ReactNode }) => <h3 className="pb-1 font-semibold">{children}</h3>

/** What to do at the provider first: an app of one's own that knows Nango's address. */
const AtProvider = ({ description }: { readonly description: IntegrationDescription }) => {
  const { name, callbackUrl, isCallbackCertain, docsUrl, fields, current, providerKey } = description
  const consoleUrl = consoleOf(providerKey)
  const guide = docsUrl === null ? null : <ExternalLink href={docsUrl}>{t('catalogue.about.guide', { name })}</ExternalLink>
  if (fields.length === 0)
    return (
      <div className="flex flex-col items-start gap-1.5 pb-3">
        {current === null ? <p>{t('catalogue.setup.nothing-needed', { name })}</p> : null}
        {guide}
      </div>
    )
  return (
    <section className="flex flex-col items-start gap-1.5 pb-4">
      {current === null ? <Heading>{t('catalogue.setup.at-provider', { name })}</Heading> : null}
      {callbackUrl === null ? null : (
        <>
          <p>{current === null ? t('catalogue.setup.register') : t('catalogue.setup.callback')}</p>
          <div className="flex w-full items-center rounded-6 border border-line bg-sunken px-2.5 py-1">
            <CopyableHandle text={callbackUrl} className="text-ink-1" />
          </div>
          {isCallbackCertain ? null : <p className="text-small text-ink-3">{t('catalogue.setup.uncertain')}</p>}
        </>
      )}
      {guide === null && consoleUrl === null ? null : (
        <p className="flex flex-wrap gap-x-5 gap-y-1">
          {consoleUrl === null ? null : <ExternalLink href={consoleUrl}>{t('integrations.console', { name })}</ExternalLink>}
          {guide}
        </p>
      )}
    </section>
  )
}

const Webhooks = ({ description }: { readonly description: IntegrationDescription }) => {
  const webhookUrl = description.current?.webhookUrl ?? null
  return (
    <details className="rounded-8 border border-line px-3 py-2 text-small">
      <summary className="cursor-default rounded-4 font-medium">{t('catalogue.setup.webhook')}</summary>
      <div className="flex flex-col gap-1.5 pt-2 text-ink-2">
        {webhookUrl === null ? null : (
          <>
            <p>{t('catalogue.setup.webhook.in', { name: description.name })}</p>
            <CopyableHandle text={webhookUrl} className="self-start" />
          </>
        )}
        <p>{t('catalogue.setup.webhook.out')}</p>
      </div>
    </details>
  )
}

/** What an integration is set up with, and what has to be done at the provider before. */
export const IntegrationForm = ({
  state,
  firstField,
  onDone,
}: {
  readonly state: IntegrationDraft
  readonly firstField: RefObject<HTMLInputElement | null>
  readonly onDone: (integrationId: string) => void
}) => {
  const { description, loadError, problems, refused, error } = state
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (refused !== null || error !== null) notice.current?.scrollIntoView({ block: 'nearest' })
  }, [refused, error])
  useFirstField(firstField, description?.connectorId)
  if (loadError !== null) return <ErrorNotice error={loadError} title={t('catalogue.setup.not-read')} />
  if (description === null) return <SkeletonRows rows={4} />
  const { name, isDashboardOnly, current } = description
  if (isDashboardOnly && current === null) return <p>{t('catalogue.setup.dashboard-only', { name })}</p>
  const fields = fieldsOf(description)
  const first = fields.find((field) => problems.has(field))
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const made = await state.submit()
    if (made !== null) onDone(made.integrationId)
  }
  return (
    <form
      id={INTEGRATION_FORM}
      noValidate
      aria-label={t('catalogue.setup.title', { name })}
      onSubmit={(event) => void submit(event)}
      className="flex flex-col"
    >
      <div ref={notice} aria-live="polite" className="flex flex-col pb-3 empty:hidden">
        {refused === null || first === undefined ? null : (
          <Notice tone="error" isInline title={t('catalogue.setup.problems', { count: problems.size })}>
            {t('catalogue.setup.nothing-changed')}{' '}
            <button type="button" className="rounded-4 font-medium text-accent hover:underline" onClick={() => focusField(first)}>
              {t('catalogue.setup.go-to-field', { field: fieldLabel(first) })}
            </button>
          </Notice>
        )}
        {error === null ? null : (
          <ErrorNotice error={error} title={t(current === null ? 'catalogue.setup.not-made' : 'catalogue.setup.not-changed')} />
        )}
      </div>
      <AtProvider description={description} />
      {current === null && description.fields.length > 0 ? <Heading>{t('catalogue.setup.here')}</Heading> : null}
      <div className="flex flex-col gap-2">
        {fields.map((field, index) => (
          <SetupField key={field} field={field} state={state} description={description} {...(index === 0 ? { ref: firstField } : {})} />
        ))}
        <TestIntegration description={description} />
        <Webhooks description={description} />
      </div>
    </form>
  )
}

/** The removal's button in the foot, at the left. */
export const RemoveButton = ({ onRemove }: { readonly onRemove: () => void }) => (
  <Button variant="danger" onClick={onRemove} className="mr-auto">
    {t('catalogue.setup.remove')}
  </Button>
)

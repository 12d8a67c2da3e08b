import { type FormEvent, type RefObject, useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { authWayOf } from '#shared/auth-ways'
import { PatchbayError } from '#shared/errors'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '../../paths.ts'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RadioRow } from '../../ui/radio-row.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { askedFields, fieldKey, problemCount } from './connect-draft.ts'
import { EndNotice } from './end-notice.tsx'
import { FieldInput } from './field-input.tsx'
import { failureWords } from './flow-words.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { ScopePicker } from './scope-picker.tsx'
import type { ConnectDraft } from './use-connect-draft.ts'

/** The form's id, for the button in the sheet's foot. */
export const CONNECT_FORM = 'connect-form'

const focusField = (key: string): void => {
  const box = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(key)}"]`)
  const control = box?.querySelector<HTMLElement>('input:not([aria-hidden]), button, [tabindex="0"]')
  control?.focus()
  box?.scrollIntoView({ block: 'nearest' })
}

const StartTrouble = ({ state, hasAddress }: { readonly state: ConnectDraft; readonly hasAddress: boolean }) => {
  const [, go] = useLocation()
  const { startError, failed, connector } = state
  const openProfiles = (
    <Button
      size="small"
      onClick={() => {
        requestSheet(null)
        go(`${paths.settings}/profiles`)
      }}
    >
      {t('connect.open-profiles')}
    </Button>
  )
  if (failed?.error !== undefined) {
    const words = failureWords(failed.error, { name: spokenName(connector?.name ?? failed.connectorId), via: failed.via, hasAddress })
    return <EndNotice tone="error" words={words} {...(words.next === 'profiles' ? { actions: openProfiles } : {})} />
  }
  if (startError === null) return null
  if (startError instanceof PatchbayError && startError.code === 'connect.busy') {
    const flowId = startError.data['flowId']
    return (
      <Notice
        tone="pending"
        title={t('connect.busy.title')}
        actions={
          typeof flowId === 'string' ? (
            <Button size="small" onClick={() => requestSheet({ kind: 'flow', flowId })}>
              {t('connect.busy.show')}
            </Button>
          ) : undefined
        }
      >
        {t('connect.busy.text')}
      </Notice>
    )
  }
  return <ErrorNotice error={startError} title={t('connect.not-started')} />
}

/** What a connector asks for before it is connected: a label, its fields, scopes, and the way the page opens. */
export const ConnectForm = ({
  state,
  through,
  firstField,
  onStarted,
}: {
  readonly state: ConnectDraft
  /** Through what it goes: `Nango` or `the sandbox`. */
  readonly through: string
  readonly firstField: RefObject<HTMLInputElement | null>
  readonly onStarted: (flowId: string) => void
}) => {
  const { connector, draft, loadError } = state
  const notice = useRef<HTMLDivElement>(null)
  const { refused } = draft
  useEffect(() => {
    if (refused !== null || state.failed !== null || state.startError !== null) notice.current?.scrollIntoView({ block: 'nearest' })
  }, [refused, state.failed, state.startError])
  const loadedId = connector?.connectorId
  // The sheet opened before there was a field to start on.
  useEffect(() => {
    if (loadedId !== undefined && !(document.activeElement instanceof HTMLInputElement)) firstField.current?.focus()
  }, [loadedId, firstField])
  if (loadError !== null) return <ErrorNotice error={loadError} title={t('connect.not-read')} />
  if (connector === null) return <SkeletonRows rows={3} />
  const fields = askedFields(connector)
  const isPage = authWayOf(connector.authMode).kind === 'page'
  const wrong = fields.filter((field) => draft.problems.has(fieldKey(field)))
  const [first] = wrong
  const hasAddress = fields.some(({ group }) => group === 'config')
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const flow = await state.submit()
    if (flow !== null) onStarted(flow.flowId)
  }
  return (
    <form
      id={CONNECT_FORM}
      noValidate
      aria-label={t('connect.title', { name: connector.name })}
      onSubmit={(event) => void submit(event)}
      className="flex flex-col gap-2"
    >
      <div ref={notice} aria-live="polite" className="flex flex-col gap-3 pb-2 empty:hidden">
        {refused === null || first === undefined ? null : (
          <Notice tone="error" isInline title={problemCount(wrong.length)}>
            {t('connect.nothing-sent', { name: spokenName(connector.name), through })}{' '}
            <button type="button" className="rounded-4 font-medium text-accent hover:underline" onClick={() => focusField(fieldKey(first))}>
              {t('connect.go-to-field', { field: first.title })}
            </button>
          </Notice>
        )}
        <StartTrouble state={state} hasAddress={hasAddress} />
      </div>
      <TextField
        ref={firstField}
        label={t('connect.label')}
        hint={t('connect.label-hint')}
        isOptional
        value={draft.label}
        maxLength={200}
        onValueChange={(label) => state.change({ label })}
      />
      {fields.map((field) => {
        const key = fieldKey(field)
        return (
          <FieldInput
            key={key}
            field={field}
            value={draft.values[key] ?? ''}
            problem={draft.problems.get(key) ?? null}
            onChange={(value) => state.type(key, value)}
            onLeave={() => state.leave(key)}
          />
        )
      })}
      {isPage ? (
        <>
          <RadioRow
            label={t('connect.via.label')}
            hint={t(`connect.via.${state.via}-hint`)}
            value={state.via}
            onValueChange={(via) => state.change({ via })}
            options={[
              { value: 'browser', label: t('connect.via.browser') },
              { value: 'window', label: t('connect.via.window') },
              { value: 'connect_ui', label: t('connect.via.connect_ui') },
            ]}
          />
          <ScopePicker
            scopes={draft.scopes}
            text={draft.scopeText}
            suggested={connector.scopes}
            onChange={(scopes) => state.change({ scopes })}
            onText={(scopeText) => state.change({ scopeText })}
          />
        </>
      ) : null}
    </form>
  )
}

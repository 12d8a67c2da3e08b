import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { authWayOf } from '#shared/auth-ways'
import type { Connection } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { tellingName } from '#shared/telling-name'
import { rich, t } from '#renderer/messages/translate.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { FoldAway } from '../../ui/fold-away.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RadioRow } from '../../ui/radio-row.tsx'
import { useFirstField } from '../../ui/use-first-field.ts'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { askedFields, fieldKey, groupsOf, problemCount, takesUserScopes, wrongParamsOf } from './connect-draft.ts'
import { FieldInput } from './field-input.tsx'
import { calledName } from './identity-words.ts'
import { PageParams } from './page-params.tsx'
import { presetsToShow } from './scope-choice.ts'
import { ScopePicker } from './scope-picker.tsx'
import { StartTrouble } from './start-trouble.tsx'
import type { ConnectDraft } from './use-connect-draft.ts'

/** The form's id, for the button in the sheet's foot. */
export const CONNECT_FORM = 'connect-form'

/** The fields of one group, under a heading where there is more than one group. */
const FieldGroup = ({ title, children }: { readonly title: string | null; readonly children: ReactNode }) =>
  title === null ? (
    children
  ) : (
    <div role="group" aria-label={title} className="flex flex-col gap-2 pt-1">
      <h3 className="text-lead font-semibold">{title}</h3>
      {children}
    </div>
  )

const focusField = (key: string): void => {
  const box = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(key)}"]`)
  const control = box?.querySelector<HTMLElement>('input:not([aria-hidden]), button, [tabindex="0"]')
  control?.focus()
  box?.scrollIntoView({ block: 'nearest' })
}

/** The sign-in that is to take another's place: whose it is now. */
const ReconnectLead = ({ connection, which }: { readonly connection: Connection; readonly which: string }) => {
  const who = tellingName(connection.identity)
  return (
    <p className="pb-2 text-ink-2">
      {t('connect.again.stays', { which })}{' '}
      {who === null
        ? t('connect.again.unknown-before')
        : rich('connect.again.sign-in-as', { who: <bdi className="font-medium text-ink-1 [overflow-wrap:anywhere]">{who}</bdi> })}
    </p>
  )
}

/** Scopes and parameters of the provider's page, folded away until they are wanted. */
const PageChoices = ({ state }: { readonly state: ConnectDraft }) => {
  const { connector, draft, reconnects } = state
  if (connector === null) return null
  const { scopes, userScopes, params } = draft
  const hasParams = reconnects === null
  const unset = t(reconnects === null ? 'connect.scopes.preset.unset' : 'connect.scopes.preset.unset-again')
  const usual = connector.defaultScopes ?? []
  const problems = draft.refused === null ? 0 : wrongParamsOf(params)
  const hasUserScopes = hasParams && takesUserScopes(connector)
  return (
    <>
      <FoldAway
        title={t(reconnects === null ? 'connect.scopes.summary' : 'connect.scopes.summary-again', { count: scopes.length })}
        startsOpen={scopes.length > 0}
      >
        <ScopePicker
          scopes={scopes}
          text={draft.scopeText}
          known={connector.scopes}
          presets={presetsToShow(connector)}
          unset={usual.length === 0 ? unset : t('connect.scopes.preset.usual', { count: usual.length })}
          words={{
            label: t('connect.scopes.ask-for'),
            hint: t('connect.scopes.hint'),
            chosen: t('connect.scopes.chosen'),
            known: t('connect.scopes.known'),
          }}
          onChange={(next) => state.change({ scopes: next })}
          onText={(scopeText) => state.change({ scopeText })}
        />
      </FoldAway>
      {hasUserScopes ? (
        <FoldAway title={t('connect.scopes.user-summary', { count: userScopes.length })}>
          <ScopePicker
            scopes={userScopes}
            text={draft.userScopeText}
            known={connector.scopes}
            presets={[]}
            unset={null}
            words={{
              label: t('connect.scopes.user-ask-for'),
              hint: t('connect.scopes.user-hint'),
              chosen: t('connect.scopes.user-chosen'),
              known: t('connect.scopes.user-known'),
            }}
            onChange={(next) => state.change({ userScopes: next })}
            onText={(userScopeText) => state.change({ userScopeText })}
          />
        </FoldAway>
      ) : null}
      {hasParams ? (
        <FoldAway title={t('connect.params.summary', { count: params.length })} mustShow={problems > 0}>
          <PageParams rows={params} showsAll={draft.refused !== null} onChange={(next) => state.change({ params: next })} />
        </FoldAway>
      ) : null}
    </>
  )
}

/** What a connector asks for before it is connected: a label, its fields, scopes, and the way the page opens. */
export const ConnectForm = ({
  state,
  connection,
  through,
  firstField,
  onStarted,
}: {
  readonly state: ConnectDraft
  /** The connection that is signed in anew; null for a new one, and until it is read. */
  readonly connection: Connection | null
  /** Through what it goes: `Nango` or `the sandbox`. */
  readonly through: string
  readonly firstField: RefObject<HTMLInputElement | null>
  readonly onStarted: (flowId: string) => void
}) => {
  const { connector, draft, loadError, reconnects } = state
  const notice = useRef<HTMLDivElement>(null)
  const { refused } = draft
  useEffect(() => {
    if (refused !== null || state.failed !== null || state.startError !== null) notice.current?.scrollIntoView({ block: 'nearest' })
  }, [refused, state.failed, state.startError])
  useFirstField(firstField, connector?.connectorId)
  if (loadError !== null) return <ErrorNotice error={loadError} title={t('connect.not-read')} />
  if (connector === null) return <SkeletonRows rows={3} />
  const isAgain = reconnects !== null
  const which = connection === null ? connector.name : calledName(connection)
  const fields = askedFields(connector)
  const groups = groupsOf(connector)
  const isPage = authWayOf(connector.authMode).kind === 'page'
  const wrong = fields.filter((field) => draft.problems.has(fieldKey(field)))
  const [first] = wrong
  const wrongParams = isPage && !isAgain ? wrongParamsOf(draft.params) : 0
  const hasAddress = fields.some(({ group }) => group === 'config')
  const send = async (change?: { readonly acceptsRisk: boolean }): Promise<void> => {
    const flow = await state.submit(change)
    if (flow !== null) onStarted(flow.flowId)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void send()
  }
  // A connection that is there has its integration, whatever new ones would get.
  const lacksIntegration = !isAgain && connector.readiness === 'needs_integration' && state.failed === null && state.startError === null
  return (
    <form
      id={CONNECT_FORM}
      noValidate
      aria-label={t(isAgain ? 'connect.again.title' : 'connect.title', { name: connector.name })}
      onSubmit={submit}
      className="flex flex-col gap-2"
    >
      <div ref={notice} aria-live="polite" className="flex flex-col gap-3 pb-2 empty:hidden">
        {refused === null || wrong.length + wrongParams === 0 ? null : (
          <Notice tone="error" isInline title={problemCount(wrong.length + wrongParams)}>
            {t('connect.nothing-sent', { name: spokenName(connector.name), through })}{' '}
            {first === undefined ? null : (
              <button
                type="button"
                className="rounded-4 font-medium text-accent hover:underline"
                onClick={() => focusField(fieldKey(first))}
              >
                {t('connect.go-to-field', { field: first.title })}
              </button>
            )}
          </Notice>
        )}
        {lacksIntegration ? (
          <StartTrouble
            state={{ ...state, startError: new PatchbayError('connector.needs_integration') }}
            hasAddress={hasAddress}
            again={null}
            onAccept={() => undefined}
          />
        ) : (
          <StartTrouble
            state={state}
            hasAddress={hasAddress}
            again={isAgain ? which : null}
            onAccept={() => void send({ acceptsRisk: true })}
          />
        )}
      </div>
      {connection === null ? null : <ReconnectLead connection={connection} which={which} />}
      {isAgain ? null : (
        <TextField
          ref={firstField}
          label={t('connect.label')}
          hint={t('connect.label-hint')}
          isOptional
          value={draft.label}
          maxLength={200}
          onValueChange={(label) => state.change({ label })}
        />
      )}
      {groups.map(([group, members]) => (
        <FieldGroup key={group} title={groups.length > 1 ? t(`connect.group.${group}`, { name: spokenName(connector.name) }) : null}>
          {members.map((field) => {
            const key = fieldKey(field)
            return (
              <FieldInput
                key={key}
                field={field}
                value={draft.values[key] ?? ''}
                fileName={draft.files[key] ?? null}
                problem={draft.problems.get(key) ?? null}
                emptyHint={isAgain && group === 'config' ? t('connect.again.stays-empty') : null}
                {...(isAgain && field === fields[0] ? { ref: firstField } : {})}
                onChange={(value) => state.type(key, value)}
                onFile={(text, fileName) => state.give(key, text, fileName)}
                onLeave={() => state.leave(key)}
              />
            )
          })}
        </FieldGroup>
      ))}
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
          <PageChoices state={state} />
        </>
      ) : null}
    </form>
  )
}

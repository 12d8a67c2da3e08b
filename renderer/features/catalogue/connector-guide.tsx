import type { ReactNode } from 'react'
import type { Connector, ConnectorField } from '#shared/contract/catalogue'
import { integrationFormOf } from '#shared/integration-forms'
import { formatNumber, language, t } from '#renderer/messages/translate.ts'
import { Chip } from '../../ui/chip.tsx'
import { ExternalLink } from '../../ui/external-link.tsx'
import { modeWords } from './connector-words.ts'

const MOST_SCOPES = 30

const listed = (names: readonly string[]): string => new Intl.ListFormat(language(), { type: 'conjunction' }).format(names)

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="flex flex-col gap-1.5">
    <h3 className="font-semibold">{title}</h3>
    {children}
  </section>
)

/** What has to be at hand before the connector can be connected. */
export const needsOf = (connector: Pick<Connector, 'name' | 'authMode' | 'fields'>): readonly string[] => {
  const { name, authMode } = connector
  const form = integrationFormOf(authMode)
  const asked = connector.fields.filter(({ isAutomated, isOptional }) => !isAutomated && !isOptional)
  const titles = (group: ConnectorField['group']): string[] => asked.filter((field) => field.group === group).map(({ title }) => title)
  const [credentials, config] = [titles('credential'), titles('config')]
  return [
    t('catalogue.about.need.account', { name }),
    ...(form.fields.some((field) => field.name === 'appId')
      ? [t('catalogue.about.need.github-app', { name })]
      : form.fields.length > 0
        ? [t('catalogue.about.need.app', { name })]
        : []),
    ...(credentials.length > 0 ? [t('catalogue.about.need.credential', { name, fields: listed(credentials) })] : []),
    ...(config.length > 0 ? [t('catalogue.about.need.config', { fields: listed(config) })] : []),
  ]
}

/** The way from here to a connection, step by step; what is done already is left out. */
export const stepsOf = (connector: Pick<Connector, 'name' | 'authMode' | 'readiness'>): readonly string[] => {
  const { name, authMode, readiness } = connector
  if (readiness === 'not_from_here') return [t('catalogue.about.step.dashboard')]
  const form = integrationFormOf(authMode)
  return [
    ...(readiness === 'ready'
      ? []
      : form.fields.length > 0
        ? [t('catalogue.about.step.app', { name }), t('catalogue.about.step.set-up', { name })]
        : [t('catalogue.about.step.set-up-plain')]),
    t(authMode === 'OAUTH2' ? 'catalogue.about.step.sign-in' : 'catalogue.about.step.enter', { name }),
  ]
}

const FieldRow = ({ field }: { readonly field: ConnectorField }) => (
  <li className="flex flex-col">
    <span className="flex flex-wrap items-baseline gap-x-2">
      <span className="font-medium">{field.title}</span>
      {field.example === null ? null : (
        <span className="min-w-0 truncate text-small text-ink-3">{t('catalogue.about.example', { example: field.example })}</span>
      )}
      {field.docsUrl === null ? null : (
        <ExternalLink href={field.docsUrl} className="ml-auto text-small">
          {t('catalogue.about.where')}
          <span className="sr-only"> {field.title}</span>
        </ExternalLink>
      )}
    </span>
    {field.description === null ? null : <span className="text-small text-ink-2">{field.description}</span>}
  </li>
)

/** What a connector needs and how it is connected, made from its definition. */
export const ConnectorGuide = ({ connector }: { readonly connector: Connector }) => {
  const { authMode, readiness, nango, readinessReason, scopes, fields } = connector
  const asked = fields.filter(({ isAutomated }) => !isAutomated)
  return (
    <>
      {readiness === 'not_from_here' ? (
        <p>{nango.enabled ? t('catalogue.about.no-way', { mode: modeWords(authMode) }) : readinessReason}</p>
      ) : (
        <Part title={t('catalogue.about.needs')}>
          <ul className="flex list-disc flex-col gap-0.5 pl-5">
            {needsOf(connector).map((need) => (
              <li key={need}>{need}</li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={t('catalogue.about.steps')}>
        <ol className="flex list-decimal flex-col gap-0.5 pl-5">
          {stepsOf(connector).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </Part>
      {asked.length === 0 ? null : (
        <Part title={t('catalogue.about.fields')}>
          <ul className="flex flex-col gap-2">
            {asked.map((field) => (
              <FieldRow key={`${field.group}.${field.name}`} field={field} />
            ))}
          </ul>
        </Part>
      )}
      {scopes.length === 0 ? null : (
        <Part title={t('catalogue.about.scopes', { count: scopes.length })}>
          <ul className="flex flex-wrap gap-1.5">
            {scopes.slice(0, MOST_SCOPES).map((scope) => (
              <li key={scope} className="max-w-full">
                <Chip isMono>{scope}</Chip>
              </li>
            ))}
            {scopes.length > MOST_SCOPES ? (
              <li className="self-center text-small text-ink-3">
                {t('catalogue.about.scopes-more', { count: formatNumber(scopes.length - MOST_SCOPES) })}
              </li>
            ) : null}
          </ul>
        </Part>
      )}
    </>
  )
}

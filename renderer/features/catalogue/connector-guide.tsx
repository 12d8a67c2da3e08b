import type { ReactNode } from 'react'
import { authWayOf } from '#shared/auth-ways'
import type { Connector, ConnectorField } from '#shared/contract/catalogue'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { Chip } from '../../ui/chip.tsx'
import { ExternalLink } from '../../ui/external-link.tsx'
import { needsOf, stepsOf } from './connector-steps.ts'
import { modeWords } from '#renderer/ui/mode-words.ts'

const MOST_SCOPES = 30

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="flex flex-col gap-1.5">
    <h3 className="font-semibold">{title}</h3>
    {children}
  </section>
)

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

/** A way that could be gone from here leaves one reason: it begins on the other side. */
const noWayWords = (authMode: string): string =>
  authWayOf(authMode).kind === 'refused' ? t('catalogue.about.no-way', { mode: modeWords(authMode) }) : t('catalogue.about.outbound')

/** What a connector needs and how it is connected, made from its definition. */
export const ConnectorGuide = ({ connector }: { readonly connector: Connector }) => {
  const { authMode, readiness, nango, readinessReason, scopes, fields } = connector
  const asked = fields.filter(({ isAutomated }) => !isAutomated)
  return (
    <>
      {readiness === 'not_from_here' ? (
        <p>{nango.enabled ? noWayWords(authMode) : readinessReason}</p>
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

import { authWayOf } from '#shared/auth-ways'
import type { Connector, ConnectorField } from '#shared/contract/catalogue'
import { integrationFormOf } from '#shared/integration-forms'
import { language, t } from '#renderer/messages/translate.ts'

const listed = (names: readonly string[]): string => new Intl.ListFormat(language(), { type: 'conjunction' }).format(names)

/** What has to be at hand before the connector can be connected; what its integration holds already is left out. */
export const needsOf = (
  connector: Pick<Connector, 'name' | 'authMode' | 'readiness'> & { readonly fields: readonly ConnectorField[] },
): readonly string[] => {
  const { name, authMode, readiness } = connector
  const form = integrationFormOf(authMode)
  const asked = connector.fields.filter(({ isAutomated, isOptional }) => !isAutomated && !isOptional)
  const titles = (group: ConnectorField['group']): string[] => asked.filter((field) => field.group === group).map(({ title }) => title)
  const [credentials, config] = [titles('credential'), titles('config')]
  return [
    t('catalogue.about.need.account', { name }),
    ...(readiness === 'ready' || form.fields.length === 0
      ? []
      : [
          t(form.fields.some((field) => field.name === 'appId') ? 'catalogue.about.need.github-app' : 'catalogue.about.need.app', { name }),
        ]),
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
    t(authWayOf(authMode).kind === 'page' ? 'catalogue.about.step.sign-in' : 'catalogue.about.step.enter', { name }),
  ]
}

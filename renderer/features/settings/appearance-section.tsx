import type { ReactNode } from 'react'
import type { Settings } from '#shared/contract/settings'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { LANGUAGES } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'
import { ZOOM_STEPS } from '#renderer/shell/zoom-steps.ts'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { modKey } from '#renderer/ui/key-cap.tsx'
import { RadioRow } from '#renderer/ui/radio-row.tsx'
import { SelectField } from '#renderer/ui/select-field.tsx'
import { Switch } from '#renderer/ui/switch.tsx'
import { SectionFrame } from '#renderer/ui/section-frame.tsx'

const Group = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex flex-col gap-4 rounded-8 border border-line px-4 py-3">{children}</div>
)

/** Language, theme, size, motion, contrast, density, keys, how sign-in pages open and how often connections are tried. */
export const AppearanceSection = () => {
  const known = useRead('settings.get', {}).data ?? DEFAULT_SETTINGS
  const update = useWrite('settings.update')
  const settings: Settings = { ...known, ...(update.isPending ? update.variables : {}) } as Settings
  const system = { value: 'system' as const, label: t('settings.appearance.system') }
  const sizes = ZOOM_STEPS.includes(settings.zoom) ? ZOOM_STEPS : [...ZOOM_STEPS, settings.zoom].toSorted((a, b) => a - b)
  return (
    <SectionFrame title={t('settings.appearance')} lead={t('settings.appearance.lead')}>
      <Group>
        <div className="grid gap-x-6 gap-y-4 @min-[900px]/window:grid-cols-2">
          <SelectField
            label={t('settings.appearance.language')}
            hint={t('settings.appearance.language-hint')}
            value={settings.language}
            onValueChange={(language) => update.mutate({ language })}
            options={[system, ...LANGUAGES.map(({ language, name }) => ({ value: language, label: name }))]}
          />
          <SelectField
            label={t('settings.appearance.zoom')}
            hint={t('settings.appearance.zoom-hint', { smaller: `${modKey()}-`, larger: `${modKey()}+`, normal: `${modKey()}0` })}
            value={String(settings.zoom)}
            onValueChange={(zoom) => update.mutate({ zoom: Number(zoom) })}
            options={sizes.map((zoom) => ({ value: String(zoom), label: `${zoom} %` }))}
          />
          <RadioRow
            label={t('settings.appearance.theme')}
            hint={t('settings.appearance.theme-hint')}
            value={settings.theme}
            onValueChange={(theme) => update.mutate({ theme })}
            options={[
              system,
              { value: 'light', label: t('settings.appearance.light') },
              { value: 'dark', label: t('settings.appearance.dark') },
            ]}
          />
          <RadioRow
            label={t('settings.appearance.density')}
            hint={t('settings.appearance.density-hint')}
            value={settings.density}
            onValueChange={(density) => update.mutate({ density })}
            options={[
              { value: 'regular', label: t('settings.appearance.regular') },
              { value: 'compact', label: t('settings.appearance.compact') },
            ]}
          />
          <RadioRow
            label={t('settings.appearance.contrast')}
            hint={t('settings.appearance.contrast-hint')}
            value={settings.contrast}
            onValueChange={(contrast) => update.mutate({ contrast })}
            options={[system, { value: 'more', label: t('settings.appearance.contrast-more') }]}
          />
          <RadioRow
            label={t('settings.appearance.motion')}
            hint={t('settings.appearance.motion-hint')}
            value={settings.motion}
            onValueChange={(motion) => update.mutate({ motion })}
            options={[system, { value: 'reduced', label: t('settings.appearance.motion-reduced') }]}
          />
        </div>
      </Group>
      <Group>
        <RadioRow
          label={t('settings.appearance.sign-in')}
          hint={t('settings.appearance.sign-in-hint')}
          value={settings.connectVia}
          onValueChange={(connectVia) => update.mutate({ connectVia })}
          options={[
            { value: 'browser', label: t('settings.appearance.browser') },
            { value: 'window', label: t('settings.appearance.window') },
          ]}
        />
        <RadioRow
          label={t('settings.appearance.checks')}
          hint={t('settings.appearance.checks-hint')}
          value={settings.healthProbes}
          onValueChange={(healthProbes) => update.mutate({ healthProbes })}
          options={[
            { value: 'off', label: t('settings.appearance.checks-off') },
            { value: 'daily', label: t('settings.appearance.checks-daily') },
            { value: 'weekly', label: t('settings.appearance.checks-weekly') },
          ]}
        />
        <Switch
          label={t('settings.appearance.keys')}
          hint={t('settings.appearance.keys-hint')}
          isOn={settings.singleKeyShortcuts}
          onChange={(singleKeyShortcuts) => update.mutate({ singleKeyShortcuts })}
        />
      </Group>
      {update.error === null ? null : <ErrorNotice error={update.error} title={t('settings.appearance.not-kept')} />}
    </SectionFrame>
  )
}

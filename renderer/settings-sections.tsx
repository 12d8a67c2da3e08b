import { Blocks, BookOpen, FlaskConical, FolderLock, Info, Layers, Lock, Palette } from 'lucide-react'
import { lazy } from 'react'
import { BackupsSection } from '#renderer/features/diagnostics/backups-section.tsx'
import { ProfilesSection } from '#renderer/features/profiles/profiles-section.tsx'
import { IntegrationsSection } from '#renderer/features/integrations/integrations-section.tsx'
import { AboutSection } from '#renderer/features/settings/about-section.tsx'
import { AppearanceSection } from '#renderer/features/settings/appearance-section.tsx'
import { DataSection } from '#renderer/features/settings/data-section.tsx'
import { type Section, SettingsPage } from '#renderer/features/settings/settings-page.tsx'
import { VaultSection } from '#renderer/features/settings/vault-section.tsx'

// The guides are long: they are read when somebody asks for them.
const HelpSection = lazy(async () => ({ default: (await import('#renderer/features/help/help-section.tsx')).HelpSection }))

const SandboxSection = lazy(async () => ({ default: (await import('#renderer/features/sandbox/sandbox-section.tsx')).SandboxSection }))

const DataWithBackups = () => (
  <DataSection>
    <BackupsSection />
  </DataSection>
)

/** The parts of Settings in their order, from whichever feature they come. */
export const settingsSections: readonly [Section, ...Section[]] = [
  { id: 'profiles', name: 'settings.profiles', icon: Layers, content: ProfilesSection },
  { id: 'integrations', name: 'integrations.title', icon: Blocks, content: IntegrationsSection },
  { id: 'vault', name: 'settings.vault', icon: Lock, content: VaultSection },
  { id: 'appearance', name: 'settings.appearance', icon: Palette, content: AppearanceSection },
  { id: 'data', name: 'settings.data', icon: FolderLock, content: DataWithBackups },
  { id: 'sandbox', name: 'profiles.sandbox', icon: FlaskConical, content: SandboxSection, isForSandbox: true },
  { id: 'help', name: 'settings.section.help', icon: BookOpen, content: HelpSection },
  { id: 'about', name: 'settings.about', icon: Info, content: AboutSection },
]

/** The page of Settings with all its parts. */
export const Settings = () => <SettingsPage sections={settingsSections} />

import { Blocks, BookOpen, FlaskConical, FolderLock, Info, Layers, Lock, Palette } from 'lucide-react'
import { type Section, SettingsPage } from '#renderer/features/settings/settings-page.tsx'
import { onDemand } from '#renderer/shell/on-demand.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'

const WAITING = <SkeletonRows rows={6} />

const ProfilesSection = onDemand(async () => (await import('#renderer/features/profiles/profiles-section.tsx')).ProfilesSection, WAITING)
const IntegrationsSection = onDemand(
  async () => (await import('#renderer/features/integrations/integrations-section.tsx')).IntegrationsSection,
  WAITING,
)
const VaultSection = onDemand(async () => (await import('#renderer/features/settings/vault-section.tsx')).VaultSection, WAITING)
const AppearanceSection = onDemand(
  async () => (await import('#renderer/features/settings/appearance-section.tsx')).AppearanceSection,
  WAITING,
)
const DataWithBackups = onDemand(async () => (await import('./data-with-backups.tsx')).DataWithBackups, WAITING)
const SandboxSection = onDemand(async () => (await import('#renderer/features/sandbox/sandbox-section.tsx')).SandboxSection, WAITING)
const HelpSection = onDemand(async () => (await import('#renderer/features/help/help-section.tsx')).HelpSection, WAITING)
const AboutSection = onDemand(async () => (await import('#renderer/features/settings/about-section.tsx')).AboutSection, WAITING)

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

import { BackupsSection } from '#renderer/features/diagnostics/backups-section.tsx'
import { DataSection } from '#renderer/features/settings/data-section.tsx'

/** The part of Settings about the stored data, with the backups of it. */
export const DataWithBackups = () => (
  <DataSection>
    <BackupsSection />
  </DataSection>
)

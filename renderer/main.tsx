import '#renderer/api/no-eval.ts'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { createApiClient } from '#shared/api-client'
import { pickTransport } from '#renderer/api/api.ts'
import { followChanges } from '#renderer/api/live-updates.ts'
import { createQueryClient, HostContext } from '#renderer/api/use-api.ts'
import { Shell } from './shell.tsx'

const transport = pickTransport()
const client = createQueryClient()
followChanges(transport, client)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <HostContext value={{ api: createApiClient(transport.call), transport }}>
        <QueryClientProvider client={client}>
          <Tooltip.Provider delay={500} closeDelay={0}>
            <Router hook={useHashLocation}>
              <Shell />
            </Router>
          </Tooltip.Provider>
        </QueryClientProvider>
      </HostContext>
    </CSPProvider>
  </StrictMode>,
)

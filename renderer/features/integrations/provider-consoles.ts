/** Where the provider's own console for apps is, by the beginning of Nango's provider names; the longest that fits counts. */
export const CONSOLES: Readonly<Record<string, string>> = {
  airtable: 'https://airtable.com/create/oauth',
  asana: 'https://app.asana.com/0/my-apps',
  atlassian: 'https://developer.atlassian.com/console/myapps/',
  box: 'https://app.box.com/developers/console',
  calendly: 'https://developer.calendly.com/console/apps',
  canva: 'https://www.canva.com/developers/integrations',
  clickup: 'https://app.clickup.com/settings/apps',
  confluence: 'https://developer.atlassian.com/console/myapps/',
  digitalocean: 'https://cloud.digitalocean.com/account/api/applications',
  discord: 'https://discord.com/developers/applications',
  docusign: 'https://admindemo.docusign.com/apps-and-keys',
  dropbox: 'https://www.dropbox.com/developers/apps',
  facebook: 'https://developers.facebook.com/apps/',
  figma: 'https://www.figma.com/developers/apps',
  github: 'https://github.com/settings/developers',
  'github-app': 'https://github.com/settings/apps',
  gitlab: 'https://gitlab.com/-/user_settings/applications',
  google: 'https://console.cloud.google.com/apis/credentials',
  hubspot: 'https://app.hubspot.com/developer',
  instagram: 'https://developers.facebook.com/apps/',
  intercom: 'https://app.intercom.com/a/apps/_/developer-hub',
  jira: 'https://developer.atlassian.com/console/myapps/',
  linear: 'https://linear.app/settings/api',
  linkedin: 'https://www.linkedin.com/developers/apps',
  mailchimp: 'https://admin.mailchimp.com/account/oauth2/',
  meta: 'https://developers.facebook.com/apps/',
  microsoft: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  miro: 'https://miro.com/app/settings/user-profile/apps',
  notion: 'https://www.notion.so/profile/integrations',
  'one-drive': 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  'one-note': 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  outlook: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  paypal: 'https://developer.paypal.com/dashboard/applications',
  quickbooks: 'https://developer.intuit.com/app/developer/dashboard',
  reddit: 'https://www.reddit.com/prefs/apps',
  'sharepoint-online': 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  shopify: 'https://partners.shopify.com/',
  slack: 'https://api.slack.com/apps',
  spotify: 'https://developer.spotify.com/dashboard',
  squareup: 'https://developer.squareup.com/apps',
  strava: 'https://www.strava.com/settings/api',
  stripe: 'https://dashboard.stripe.com/settings/connect',
  trello: 'https://trello.com/power-ups/admin',
  twitch: 'https://dev.twitch.tv/console/apps',
  twitter: 'https://developer.x.com/en/portal/dashboard',
  typeform: 'https://admin.typeform.com/user/apps',
  webex: 'https://developer.webex.com/my-apps',
  wordpress: 'https://developer.wordpress.com/apps/',
  xero: 'https://developer.xero.com/app/manage',
  yahoo: 'https://developer.yahoo.com/apps/',
  youtube: 'https://console.cloud.google.com/apis/credentials',
  zoho: 'https://api-console.zoho.com/',
  zoom: 'https://marketplace.zoom.us/user/build',
}

/** Services of the same name whose apps are registered elsewhere, or on a server of one's own. */
const ELSEWHERE = /-(?:data-center|mcp)$|^(?:atlassian-government-cloud|dropbox-sign|stripe-app(?:-sandbox)?|strava-web)$/

/** The provider's console where an app of one's own is registered; null where the table does not know it. */
export const consoleOf = (providerKey: string): string | null => {
  if (ELSEWHERE.test(providerKey)) return null
  const found = Object.keys(CONSOLES)
    .filter((name) => providerKey === name || providerKey.startsWith(`${name}-`))
    .toSorted((left, right) => right.length - left.length)[0]
  return found === undefined ? null : (CONSOLES[found] ?? null)
}

/** Connector and label of a connection in one line, for names and sentences: `GitHub Work`. */
export const fullName = ({ label }: { readonly label: string | null }, connectorName: string): string =>
  label === null ? connectorName : `${connectorName} ${label}`

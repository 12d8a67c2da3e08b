/** Where the second, restricted socket of a host listens: beside the main one. A pipe of Windows has a name like it. */
export const mcpSocketPath = (socketPath: string): string =>
  socketPath.endsWith('.sock') ? `${socketPath.slice(0, -'.sock'.length)}-mcp.sock` : `${socketPath}-mcp`

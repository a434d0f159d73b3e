/** The built layers and the variables that attach them. */
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../layer/dist', import.meta.url));

/** Folders that become `/opt`. */
export const reporterLayer: string = `${dist}/reporter`;
export const sentinelLayer: string = `${dist}/sentinel`;

export const attached: Readonly<Record<string, string>> = {
  AWS_LAMBDA_EXEC_WRAPPER: '/opt/xpander-lambda/exec-wrapper',
  XPANDER_AGENT_ID: 'agent-123',
};

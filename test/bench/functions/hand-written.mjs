// What one writes without a library: the key from Secrets Manager, kept; then a request.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { answer } from './work.mjs';

const secretsManager = new SecretsManagerClient({});
let apiKey;

export async function handler(event, context) {
  const startedAt = performance.now();
  const response = await answer(event);
  apiKey ??= await readApiKey();
  await report({
    id: context.awsRequestId,
    input: JSON.stringify(event),
    is_success: true,
    result: JSON.stringify(response),
    duration: (performance.now() - startedAt) / 1000,
  });
  return response;
}

async function readApiKey() {
  const secretId = process.env.XPANDER_API_KEY_SECRET;
  const secret = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
  return secret.SecretString;
}

async function report(body) {
  const { XPANDER_BASE_URL: baseUrl, XPANDER_AGENT_ID: agentId } = process.env;
  const response = await fetch(`${baseUrl}/agent-execution/${agentId}/report_task`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The report was refused: ${response.status}`);
  return response.json();
}

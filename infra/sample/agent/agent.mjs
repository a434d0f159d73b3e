/**
 * Answers `{ "question": "…" }`, sent to its Function URL or as the event. It uses an LLM if
 * `MODEL_API_KEY_SECRET` is the name of a secret with its key, and a fixed answer otherwise.
 */
const modelUrl = process.env.MODEL_BASE_URL || 'https://api.openai.com/v1';
const model = process.env.MODEL || 'gpt-4.1-mini';

export async function handler(event) {
  const question = questionIn(event);
  if (question === undefined) {
    return { statusCode: 400, body: 'Send a question: {"question": "…"}\n' };
  }
  return { answer: await answerTo(question) };
}

function questionIn(event) {
  const { question } = typeof event?.body === 'string' ? bodyOf(event) : (event ?? {});
  return typeof question === 'string' && question.trim() !== '' ? question : undefined;
}

function bodyOf({ body, isBase64Encoded }) {
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body) ?? {};
  } catch {
    return {};
  }
}

async function answerTo(question) {
  const secret = process.env.MODEL_API_KEY_SECRET;
  if (secret) return askModel(question, await readSecret(secret));
  const words = question.trim().split(/\s+/).length;
  return `That is a question of ${words} ${words === 1 ? 'word' : 'words'}.`;
}

async function askModel(question, apiKey) {
  const response = await fetch(`${modelUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: question }] }),
  });
  if (!response.ok) throw new Error(`The model answered with status ${response.status}.`);
  const { choices } = await response.json();
  return choices[0].message.content;
}

async function readSecret(SecretId) {
  const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString } = await new SecretsManager().getSecretValue({ SecretId });
  return SecretString.trim();
}

/** Which requests are calls of an LLM: the hosts of the known providers, and those that users name. */

/** A host, or with a dot in front all names below it. */
const known: readonly string[] = [
  'api.openai.com',
  '.openai.com',
  '.openai.azure.com',
  '.cognitiveservices.azure.com',
  '.services.ai.azure.com',
  '.models.ai.azure.com',
  'models.github.ai',
  'api.anthropic.com',
  'generativelanguage.googleapis.com',
  'aiplatform.googleapis.com',
  '-aiplatform.googleapis.com',
  'api.mistral.ai',
  'codestral.mistral.ai',
  'api.cohere.com',
  'api.cohere.ai',
  'openrouter.ai',
  'api.groq.com',
  'api.together.xyz',
  'api.together.ai',
  'api.deepseek.com',
  'api.x.ai',
  'api.fireworks.ai',
  'api.perplexity.ai',
  'api.cerebras.ai',
  'api.sambanova.ai',
  'api.moonshot.ai',
  'dashscope-intl.aliyuncs.com',
  'dashscope.aliyuncs.com',
  'integrate.api.nvidia.com',
  'router.huggingface.co',
  'ai-gateway.vercel.sh',
  'gateway.ai.cloudflare.com',
];

// Also in China, as FIPS endpoints and behind an interface endpoint of a VPC.
const bedrock =
  /(?:^|\.)bedrock-runtime(?:-fips)?\.[a-z0-9-]+\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/;
const localOllama = /^(?:localhost|127\.0\.0\.1|\[::1\]):11434$/;

/** Where providers answer with what a model has said. */
const paths =
  /\/(?:chat\/completions|completions|responses|messages|embeddings|converse|converse-stream|invoke|invoke-with-response-stream|api\/chat|api\/generate|api\/embed|v[12]\/chat|v[12]\/embed|fim\/completions|conversations(?:\/[\w-]+)?)\/?(?:\?|$)|:(?:streamGenerateContent|generateContent|streamRawPredict|rawPredict|embedContent|batchEmbedContents)(?:\?|$)/;

/**
 * Whether a request asks an LLM.
 *
 * @param host - in lower case, with a port where it is not the protocol's own
 * @param named - by the user: `host`, `host:port`, or `*.domain` for all names below it
 */
export function asksLlm(host: string, path: string, named: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d+$/, '');
  // Whatever it asks there: the answer shows what it is.
  if (isNamed(host, name, named)) return true;
  return (isKnown(name) || localOllama.test(host)) && paths.test(path);
}

function isNamed(host: string, name: string, named: ReadonlySet<string>): boolean {
  if (named.size === 0) return false;
  return [host, name].some((one) => named.has(one) || isBelowNamed(one, named));
}

function isBelowNamed(host: string, named: ReadonlySet<string>): boolean {
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    if (named.has(`*${host.slice(dot)}`)) return true;
  }
  return false;
}

function isKnown(name: string): boolean {
  return (
    known.some((one) => (/^[.-]/.test(one) ? name.endsWith(one) : name === one)) ||
    bedrock.test(name)
  );
}

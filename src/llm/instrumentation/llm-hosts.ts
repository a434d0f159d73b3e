/** The hosts of LLM providers. */

const hosts: ReadonlySet<string> = new Set([
  'api.openai.com',
  'models.github.ai',
  'models.inference.ai.azure.com',
  'api.anthropic.com',
  'generativelanguage.googleapis.com',
  'aiplatform.googleapis.com',
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
  'api.moonshot.cn',
  'dashscope.aliyuncs.com',
  'dashscope-intl.aliyuncs.com',
  'dashscope-us.aliyuncs.com',
  'integrate.api.nvidia.com',
  'router.huggingface.co',
  'api-inference.huggingface.co',
  'ai-gateway.vercel.sh',
  'gateway.ai.cloudflare.com',
  'api.cloudflare.com',
  'ollama.com',
  'api.z.ai',
  'open.bigmodel.cn',
  'api.writer.com',
  'api.voyageai.com',
  'api.jina.ai',
  'api.portkey.ai',
  'oai.helicone.ai',
  'anthropic.helicone.ai',
  'gateway.helicone.ai',
  'ai-gateway.helicone.ai',
  'api.deepinfra.com',
  'api.novita.ai',
  'api.studio.nebius.com',
  'api.studio.nebius.ai',
  'api.tokenfactory.nebius.com',
  'api.minimax.io',
  'api.minimaxi.com',
  'api.minimax.chat',
  'api.ai21.com',
]);

const suffixes: readonly string[] = [
  '.openai.com',
  '.openai.azure.com',
  '.openai.azure.us',
  '.cognitiveservices.azure.com',
  '.cognitiveservices.azure.us',
  '.services.ai.azure.com',
  '.services.ai.azure.us',
  '.models.ai.azure.com',
  '.inference.ml.azure.com',
  '-aiplatform.googleapis.com',
  '.rep.googleapis.com',
  '.endpoints.huggingface.cloud',
  '.cloud.databricks.com',
  '.gcp.databricks.com',
  '.azuredatabricks.net',
  '.snowflakecomputing.com',
  '.ml.cloud.ibm.com',
];

// Also in China, as FIPS and dual-stack endpoints, and behind an interface endpoint of a VPC.
const aws =
  /(?:^|\.)(?:bedrock-runtime(?:-fips)?|bedrock-mantle|runtime\.sagemaker(?:-fips)?|runtime-fips\.sagemaker)\.[a-z0-9-]+\.(?:(?:vpce\.)?amazonaws\.com(?:\.cn)?|api\.aws)$/;
const localOllama = /^(?:localhost|127\.0\.0\.1|\[::1\]):11434$/;

/**
 * Whether a host is that of a known provider.
 *
 * @param host - in lower case, with a port where it is not the protocol's own
 */
export function isLlmHost(host: string): boolean {
  const name = withoutPort(host);
  return (
    hosts.has(name) ||
    suffixes.some((suffix) => name.endsWith(suffix)) ||
    aws.test(name) ||
    localOllama.test(host)
  );
}

/** @param named - by the user: `host`, `host:port`, or `*.domain` for all names below it */
export function isNamedHost(host: string, named: ReadonlySet<string>): boolean {
  if (named.size === 0) return false;
  return [host, withoutPort(host)].some((one) => named.has(one) || isBelowNamed(one, named));
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

function isBelowNamed(host: string, named: ReadonlySet<string>): boolean {
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    if (named.has(`*${host.slice(dot)}`)) return true;
  }
  return false;
}

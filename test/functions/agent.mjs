// Sample agents. A local function stands for the LLM, so that they run without an account.
import { setTimeout as sleep } from 'node:timers/promises';
import middy from 'middy7';
import { currentTask, taskReporter, withTaskReporter } from 'xpander-lambda';

// With Middy: the question is the task's input, the model's words are its result.
export const answer = middy()
  .use(taskReporter({ input: (event) => event.question }))
  .handler(async (event) => {
    currentTask().addTool('web_search');
    const response = await callModel(event.question);
    currentTask().addTokens({
      promptTokens: response.usage.prompt_tokens,
      completionTokens: response.usage.completion_tokens,
    });
    currentTask().recordLlmResponse(response);
    return response.choices[0].message.content;
  });

// Without Middy. The error reaches Lambda as it is, and the task history as the result.
export const fail = withTaskReporter(async (event) => {
  currentTask().addTool('fetch_pdf');
  await sleep(20);
  throw new Error(`The file ${event.file} cannot be read`);
});

// A streamed answer: reported when its last word is out.
export const stream = withTaskReporter(
  globalThis.awslambda.streamifyResponse(async (event, responseStream) => {
    for (const word of `You asked "${event.question}". Let me think.`.split(' ')) {
      responseStream.write(`${word} `);
      await sleep(30);
    }
    responseStream.end();
  }),
);

// Fails at its first attempt. Lambda retries an asynchronous event with the same request id, so
// the second attempt updates the record of the first.
let attempts = 0;
export const retried = withTaskReporter(
  async (event) => {
    attempts += 1;
    await sleep(20);
    if (attempts === 1) throw new Error('The warehouse is warming up');
    currentTask().addTool('snowflake_query');
    return { extracted: event.rows };
  },
  { reportStart: true },
);

async function callModel(question) {
  await sleep(120);
  return {
    id: 'chatcmpl-demo',
    model: 'demo-model',
    choices: [{ message: { role: 'assistant', content: `${question} Forty-two.` } }],
    usage: { prompt_tokens: 2_140, completion_tokens: 380 },
  };
}

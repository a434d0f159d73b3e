/** Stands for your agent: nothing in here knows of xpander-lambda. */
export async function handler(event) {
  return { answer: `You asked: ${event.question}` };
}

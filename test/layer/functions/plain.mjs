export const handler = async (event) => `answer to ${event.question}`;

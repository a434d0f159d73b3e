// A reporter whose API key nobody else knows.
import { withTaskReporter } from 'xpander-lambda';

export const handler = withTaskReporter(async () => 'done', { apiKey: 'key-of-the-code' });

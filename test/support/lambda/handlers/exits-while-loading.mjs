export const handler = async () => 'never';

process.exit(5);

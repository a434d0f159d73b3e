export const handler = async () => 'never';

throw new RangeError('no configuration');

// Middy without a middleware.
import middy from 'middy7';
import { answer } from './work.mjs';

export const handler = middy().handler(answer);

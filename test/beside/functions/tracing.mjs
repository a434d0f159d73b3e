/** The same with hooks for ES modules, as OpenTelemetry's layer loads it: `NODE_OPTIONS=--import`. */
import { register } from 'node:module';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
await import('./tracing.cjs');

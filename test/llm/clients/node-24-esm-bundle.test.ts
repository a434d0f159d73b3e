import { briefCases } from './client-cases.ts';
import { compareClients } from './client-suite.ts';

compareClients({ runtime: 'nodejs24.x', code: 'esm bundle', reporter: 'wrapper' }, briefCases);

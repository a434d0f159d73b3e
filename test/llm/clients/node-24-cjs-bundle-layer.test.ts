import { briefCases } from './client-cases.ts';
import { compareClients } from './client-suite.ts';

compareClients({ runtime: 'nodejs24.x', code: 'cjs bundle', reporter: 'layer' }, briefCases);

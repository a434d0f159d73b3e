import { briefCases } from './client-cases.ts';
import { compareClients } from './client-suite.ts';

compareClients({ runtime: 'nodejs22.x', code: 'files', reporter: 'layer' }, briefCases);

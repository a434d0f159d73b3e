import { compareClients } from './client-suite.ts';

compareClients({ runtime: 'nodejs22.x', code: 'cjs bundle', reporter: 'wrapper' });

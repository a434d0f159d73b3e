import { compareClients } from './client-suite.ts';

compareClients({ runtime: 'nodejs24.x', code: 'files', reporter: 'wrapper' });

import { httpApi } from '#runtime/http.ts';
import { comingInRows } from './coming-in.ts';
import { lettingInRows } from './letting-in.ts';
import { ownSessionRows } from './own-sessions.ts';
import { secretRows } from './secrets.ts';

export const handler = httpApi('access', [...comingInRows, ...ownSessionRows, ...secretRows, ...lettingInRows]);

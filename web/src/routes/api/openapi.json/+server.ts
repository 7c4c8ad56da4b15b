import { json } from '@sveltejs/kit';
import { contracts } from './contracts.ts';
import { openApiOf, operationsOf } from './open-api.ts';

/** Written as a file when the site is built; other systems read it from the edge. */
export const prerender = true;

export const GET = () => json(openApiOf(operationsOf(contracts)));

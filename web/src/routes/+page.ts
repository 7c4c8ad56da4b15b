import { redirect } from '@sveltejs/kit';
import type { PageLoad } from './$types';

/** The door: who is signed in lands at the next meeting; who is not is sent on from there. */
export const load: PageLoad = () => redirect(307, '/meetings');

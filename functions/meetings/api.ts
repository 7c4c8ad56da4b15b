import { httpApi } from '#runtime/http.ts';
import { eveningRows } from './evening.ts';
import { preparingRows } from './preparing.ts';

/** Every operation of the contract: preparing a meeting, then its evening. */
export const handler = httpApi('meetings', [...preparingRows, ...eveningRows]);

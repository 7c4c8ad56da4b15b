import { httpApi } from '#runtime/http.ts';
import { closingRows } from './closing.ts';
import { eveningRows } from './evening.ts';
import { preparingRows } from './preparing.ts';
import { votingRows } from './voting.ts';

/** Every operation of the contract, in the order of an evening. */
export const handler = httpApi('meetings', [...preparingRows, ...eveningRows, ...votingRows, ...closingRows]);

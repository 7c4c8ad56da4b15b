// Every operation of the context in one name, for the server, the API's description and the sentences of refusals.
// Paths stand in full: put together, an operation that no page asks would stay in every page's file.

export * from './absence-contract.ts';
export * from './attendance-contract.ts';
export * from './closing-contract.ts';
export * from './committee-contract.ts';
export * from './handover-contract.ts';
export * from './hands-contract.ts';
export * from './leading-contract.ts';
export * from './opinions-contract.ts';
export * from './own-contract.ts';
export * from './planning-contract.ts';
export * from './practice-contract.ts';
export * from './preparing-contract.ts';
export * from './rating-contract.ts';
export { markReceived, openReceived, received } from './received.ts';
export * from './reminders-contract.ts';
export * from './required-contract.ts';
export * from './secret-contract.ts';
export * from './speakers-contract.ts';
export * from './suggestions-contract.ts';
export * from './voting-contract.ts';

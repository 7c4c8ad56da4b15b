// By what changes together; whoever asks one operation only may take it from its own file.
export * from './corrections-contract.ts';
export * from './import-contract.ts';
export * from './log-contract.ts';
export * from './records-contract.ts';
export * from './roles-contract.ts';
export * from './units-contract.ts';

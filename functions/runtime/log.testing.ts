/*
 * Set up before each test file: the lines of functions that went well would bury what a test has to tell, and those that
 * warn or fail are shown with the test in which they were written.
 */
const write = process.stdout.write.bind(process.stdout);

process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
  if (typeof chunk !== 'string' || !chunk.startsWith('{')) return write(chunk, ...rest);
  if (chunk.includes('"level":')) console.log(chunk.trimEnd());
  return true;
}) as typeof process.stdout.write;

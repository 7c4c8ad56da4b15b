/** Hands a file to the person. */
export const download = (name: string, type: string, content: Uint8Array | string): void => {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type })); // both kinds are parts of a blob
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the browser has begun reading it by then
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
